package io.querytrail.generator;

import static io.querytrail.generator.testkit.Admissions.admission;
import static io.querytrail.generator.testkit.ScriptedModelServer.sql;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.querytrail.events.QueryGenerated;
import io.querytrail.events.RelationShown;
import io.querytrail.generator.testkit.Configs;
import io.querytrail.generator.testkit.ScriptedModelServer;
import io.querytrail.generator.testkit.Stack;
import io.querytrail.generator.testkit.Wire;
import io.querytrail.service.ConfigFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A schema that changes under a running service, which by itself would not look for an hour. */
@ExtendWith(Stack.Extension.class)
class SchemaChangeIT {
  private static final String CHANGING = "changing";

  private static ScriptedModelServer models;
  private static Wire wire;
  private static GeneratorService service;
  private static Connection admin;
  private static Statement ddl;

  @BeforeAll
  static void start(Stack stack) throws SQLException {
    admin = stack.shopAsSuperuser();
    ddl = admin.createStatement();
    ddl.execute(
        "CREATE SCHEMA changing; GRANT USAGE ON SCHEMA changing TO it_reader;"
            + " CREATE TABLE changing.parcels (id bigint PRIMARY KEY, weight numeric);"
            + " GRANT SELECT ON changing.parcels TO it_reader");
    models =
        new ScriptedModelServer(call ->
            call.userMessage().contains("height please")
                ? sql("SELECT height FROM changing.parcels")
                : sql("SELECT weight FROM changing.parcels"));
    wire = new Wire(stack.bootstrapServers());
    String yaml =
        Configs.yaml(
                stack.bootstrapServers(),
                wire.groupAtTheEnd(),
                models.baseUrl(),
                stack.shopUrl(),
                "PT10S",
                100)
            .replace("http: {port: 0}", "http: {port: 0}\nschemaCheckInterval: PT1H")
            .replace("password: \"reader\"}", "password: \"reader\", warm: [changing]}");
    service =
        GeneratorService.start(ConfigFile.parse(yaml, GeneratorConfig.class, Map.of(), "test"));
  }

  @AfterAll
  static void stop() throws SQLException {
    service.close();
    wire.close();
    models.close();
    ddl.execute("DROP SCHEMA changing CASCADE");
    admin.close();
  }

  @Test
  void aColumnThatCameMeanwhileIsFoundWhenAModelNamesIt() throws SQLException {
    // Given: the schema was read
    assertThat(shown(ask("weight please"))).contains("weight").doesNotContain("height");
    ddl.execute("ALTER TABLE changing.parcels ADD COLUMN height numeric");

    // When: models that make up columns cause a look once a second at most
    QueryGenerated generated =
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> ask("height please"), one -> one.getPlan() != null);

    // Then
    assertThat(generated.getRepairs()).isZero();
    assertThat(generated.getAttempts()).hasSize(1);
    assertThat(shown(generated)).contains("height");
  }

  @Test
  void readsAgainWhenToldTo() throws Exception {
    // Given
    ask("weight please");
    ddl.execute("COMMENT ON TABLE changing.parcels IS 'Weighed at the gate'");
    ask("weight please");
    assertThat(models.calls().getLast().userMessage()).doesNotContain("Weighed at the gate");

    // When
    HttpResponse<String> refreshed = post("/schema/refresh?datasource=shop");
    HttpResponse<String> wrong = post("/schema/refresh");

    // Then
    assertThat(refreshed.statusCode()).isEqualTo(200);
    assertThat(refreshed.body()).contains("\"schemas\":[\"changing\"]", "\"relations\":1");
    ask("weight please");
    assertThat(models.calls().getLast().userMessage()).contains("Weighed at the gate");
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(wrong.body()).contains("the parameter datasource is missing");
  }

  private static HttpResponse<String> post(String path) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.httpPort() + path))
              .POST(HttpRequest.BodyPublishers.noBody())
              .build(),
          BodyHandlers.ofString());
    }
  }

  private static List<String> shown(QueryGenerated generated) {
    return generated.getRelations().stream()
        .map(RelationShown::getColumns)
        .flatMap(List::stream)
        .map(column -> column.getName())
        .toList();
  }

  private static QueryGenerated ask(String question) {
    String id = UUID.randomUUID().toString();
    wire.admit(admission(id, question).setMaxSends(1).setSchemas(List.of(CHANGING)).build());
    return (QueryGenerated)
        wire.event(
            await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> wire.generations(id), records -> records.size() == 1)
                .getFirst());
  }
}
