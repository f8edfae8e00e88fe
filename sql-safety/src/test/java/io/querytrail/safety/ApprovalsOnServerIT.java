package io.querytrail.safety;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shows every approval of the ordinary statements to a live server. */
class ApprovalsOnServerIT {
  private final SafetyGuard guard = new SafetyGuard();
  private final SafetyPolicy policy = Corpus.policy();
  private final DatabaseSchema schema = Corpus.schema();

  @TempDir Path directory;

  @Test
  void whatIsApprovedRunsAndIsWhatTheGuardTookItFor() throws Exception {
    // Given
    List<SafetyVerdict.Approved> approvals =
        statements()
            .map(sql -> guard.judge(sql, policy, schema))
            .filter(SafetyVerdict.Approved.class::isInstance)
            .map(SafetyVerdict.Approved.class::cast)
            .toList();
    Set<String> visible =
        schema.relations().stream()
            .map(RelationSchema::qualifiedName)
            .collect(Collectors.toUnmodifiableSet());
    var objections = new ArrayList<String>();
    var failures = new ArrayList<String>();

    // When
    try (CorpusServer server = CorpusServer.start(directory.resolve("pg"));
        var oracle = new ServerOracle(server);
        Connection connection = server.connectAsReader()) {
      for (SafetyVerdict.Approved approved : approvals) {
        oracle.objections(approved, visible).stream()
            .map(objection -> objection + " | " + approved.sql())
            .forEach(objections::add);
        run(connection, approved, failures);
      }
    }

    // Then
    assertThat(objections).isEmpty();
    assertThat(failures).isEmpty();
    assertThat(approvals).hasSizeGreaterThan(500);
  }

  private static Stream<String> statements() {
    return Stream.concat(
        Corpus.statements("benign.jsonl").stream()
            .map((JsonNode line) -> line.path("sql").asText()),
        Corpus.accepted().stream());
  }

  private static void run(
      Connection connection, SafetyVerdict.Approved approved, List<String> failures)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN READ ONLY");
      statement.execute(approved.sql());
    } catch (SQLException e) {
      failures.add(e.getMessage() + " | " + approved.sql());
    } finally {
      connection.createStatement().execute("ROLLBACK");
    }
  }
}
