package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.embedded.EmbeddedPostgres;
import io.querytrail.events.ExecutionStatus;
import io.querytrail.events.QueryApproved;
import io.querytrail.events.QueryExecuted;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.service.Secret;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApprovalExecutorIT {
  private static EmbeddedPostgres server;

  private final List<String> warnings = new ArrayList<>();
  private final ApprovalExecutor executor =
      new ApprovalExecutor(
          ApprovalExecutorIT::database,
          Duration.ofSeconds(2),
          "test",
          Clock.systemUTC(),
          warnings::add);

  @BeforeAll
  static void start(@TempDir Path directory) throws SQLException {
    server = EmbeddedPostgres.start(directory.resolve("pg"));
    try (var connection =
            DriverManager.getConnection(
                server.jdbcUrl("postgres"), server.superuser(), server.password());
        var statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE TABLE notes (id int, body jsonb);
          INSERT INTO notes SELECT g, '{"a": 1}' FROM generate_series(1, 50) AS g;
          CREATE ROLE reader LOGIN PASSWORD 'x';
          CREATE ROLE limited LOGIN PASSWORD 'x' IN ROLE reader;
          ALTER ROLE limited SET temp_file_limit = '64kB';
          CREATE ROLE writer LOGIN PASSWORD 'x';
          CREATE ROLE owner_to_be LOGIN PASSWORD 'x';
          GRANT SELECT ON notes TO reader, writer, owner_to_be;
          GRANT UPDATE (body) ON notes TO writer;
          GRANT CREATE ON SCHEMA public TO owner_to_be;
          """);
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void close() {
    executor.close();
  }

  private static DatabaseConfig database(String role) {
    boolean superuser = role.equals("superuser");
    return new DatabaseConfig(
        server.jdbcUrl("postgres"),
        superuser ? server.superuser() : role,
        new Secret(superuser ? server.password() : "x"),
        1);
  }

  @Test
  void runsOperatorsThatLookLikeParametersAndNoMoreRowsThanApproved() {
    assertThat(run("reader", "SELECT id FROM public.notes WHERE body ? 'a' AND body ?| ARRAY['a']"))
        .returns(ExecutionStatus.SUCCEEDED, QueryExecuted::getStatus)
        .returns(10L, QueryExecuted::getRows);
    assertThat(run("reader", "SELECT '{fn now()}'")).returns(1L, QueryExecuted::getRows);
  }

  @Test
  void refusesARoleThatMayDoMoreThanSelect() {
    for (String role : List.of("superuser", "writer", "owner_to_be")) {
      assertThat(run(role, "SELECT 1").getStatus()).as(role).isEqualTo(ExecutionStatus.FAILED);
    }
    assertThat(run("writer", "SELECT 1").getError())
        .contains("datasource writer", "may change public.notes", "can only SELECT");
    assertThat(run("superuser", "SELECT 1").getError()).contains("superuser");
    assertThat(run("owner_to_be", "SELECT 1").getError()).contains("schema public");
  }

  @Test
  void changesNothingAndStopsWhatTakesTooLong() {
    assertThat(run("reader", "CREATE TEMP TABLE t (a int)").getSqlState()).isEqualTo("25006");
    assertThat(run("reader", "SELECT pg_sleep(60)").getStatus())
        .isEqualTo(ExecutionStatus.TIMED_OUT);
  }

  @Test
  void takesOneStatementOnly() {
    assertThat(run("reader", "SELECT 1; SELECT pg_advisory_lock(1)").getStatus())
        .isEqualTo(ExecutionStatus.FAILED);
  }

  @Test
  void limitsTemporaryFilesOrSaysOnceThatTheyAreNotLimited() {
    String spilling =
        "SELECT string_agg(g::text, '' ORDER BY md5(g::text)) FROM generate_series(1, 300000) g";

    // Then
    assertThat(run("limited", spilling).getSqlState()).isEqualTo("53400");
    assertThat(warnings).isEmpty();
    run("reader", "SELECT 1");
    run("reader", "SELECT 2");
    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("datasource reader", "temp_file_limit");
  }

  private QueryExecuted run(String datasource, String sql) {
    return executor.execute(
        QueryApproved.newBuilder()
            .setRequestId("r-1")
            .setAccount("acme")
            .setUser("ann")
            .setDatasource(datasource)
            .setQuestion("?")
            .setSql(sql)
            .setRelations(List.of("public.notes"))
            .setRowCap(10)
            .setProvider("openai")
            .setModel("gpt-4o-mini")
            .setCost(new BigDecimal("0.000251850000"))
            .setCurrency("USD")
            .setPriceVersion("2026-11-01")
            .setPolicyVersion(1)
            .setRequestedAt(Instant.parse("2026-11-21T10:00:00Z"))
            .build());
  }
}
