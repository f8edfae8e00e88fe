package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.querytrail.embedded.EmbeddedPostgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process of its own, over all statements that the guard is tested with. */
class SafetyCommandIT {
  private static final Path CORPUS =
      Path.of("..", "sql-safety", "src", "test", "resources", "corpus");

  @TempDir Path directory;

  @Test
  void judgesTheCorporaAlikeOverAScriptAndOverALiveDatabase() throws Exception {
    // Given
    Path attacks = input("attacks.jsonl", "attacks-large.jsonl.gz");
    Path benign = input("benign.jsonl");
    String policy = CORPUS.resolve("policy.yaml").toString();
    String script = CORPUS.resolve("schema.sql").toString();

    // When
    List<JsonNode> stopped = check(attacks, "--policy", policy, "--schema", script);
    List<JsonNode> passed = check(benign, "--policy", policy, "--schema", script);
    List<JsonNode> live;
    try (EmbeddedPostgres server = EmbeddedPostgres.start(directory.resolve("pg"))) {
      Path connection = connection(server);
      live =
          check(
              benign,
              "--policy",
              policy,
              "--datasource",
              "corpus",
              "--connection",
              connection.toString());
    }

    // Then
    assertThat(stopped)
        .hasSameSizeAs(Files.readAllLines(attacks))
        .allSatisfy(line -> assertThat(verdict(line)).as(line.toString()).isEqualTo("rejected"));
    assertThat(passed).hasSameSizeAs(Files.readAllLines(benign));
    assertThat(passed.stream().filter(line -> verdict(line).equals("approved")).count())
        .isGreaterThanOrEqualTo(171);
    assertThat(live.stream().map(SafetyCommandIT::withoutTime))
        .containsExactlyElementsOf(passed.stream().map(SafetyCommandIT::withoutTime).toList());
  }

  private static String verdict(JsonNode line) {
    return line.path("verdict").asText();
  }

  private static String withoutTime(JsonNode line) {
    return line.toString().replaceFirst("\"micros\":\\d+", "");
  }

  private Path input(String... files) throws IOException {
    Path all = Files.createTempFile(directory, "input", ".jsonl");
    try (OutputStream out = Files.newOutputStream(all)) {
      for (String file : files) {
        try (InputStream in = Files.newInputStream(CORPUS.resolve(file))) {
          (file.endsWith(".gz") ? new GZIPInputStream(in) : in).transferTo(out);
        }
      }
    }
    return all;
  }

  private Path connection(EmbeddedPostgres server) throws IOException, SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                server.jdbcUrl("postgres"), server.superuser(), server.password());
        Statement statement = connection.createStatement()) {
      statement.execute(Files.readString(CORPUS.resolve("schema.sql")));
    }
    return Files.writeString(
        directory.resolve("connection.yaml"),
        """
        kafka: {bootstrapServers: "127.0.0.1:1"}
        log: {jdbcUrl: "%1$s", user: %2$s}
        datasources:
          corpus: {jdbcUrl: "%1$s", user: %2$s, password: "%3$s"}
        """
            .formatted(server.jdbcUrl("postgres"), server.superuser(), server.password()));
  }

  private static List<JsonNode> check(Path input, String... options)
      throws IOException, InterruptedException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx256m",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName(),
                "safety",
                "check",
                "--no-warm-up"));
    command.addAll(List.of(options));
    Process process =
        new ProcessBuilder(command)
            .redirectInput(input.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var answers = new ArrayList<JsonNode>();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        answers.add(Json.MAPPER.readTree(line));
      }
    }
    assertThat(process.waitFor()).isZero();
    return answers;
  }
}
