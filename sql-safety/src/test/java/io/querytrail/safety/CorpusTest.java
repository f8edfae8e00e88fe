package io.querytrail.safety;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CorpusTest {
  /** Generous: it finds a hang, not a slow machine. */
  private static final Duration HANG = Duration.ofSeconds(2);

  private final SafetyGuard guard = new SafetyGuard();
  private final SafetyPolicy policy = Corpus.policy();
  private final DatabaseSchema schema = Corpus.schema();

  @Test
  void rejectsEveryAttack() {
    assertThat(approved(Corpus.statements("attacks.jsonl"))).isEmpty();
  }

  @Test
  void rejectsEveryLargeAttackWithoutHanging() {
    // Given
    List<JsonNode> attacks = Corpus.statements("attacks-large.jsonl.gz");

    // When
    long start = System.nanoTime();
    List<String> approved = approved(attacks);
    var took = Duration.ofNanos(System.nanoTime() - start);

    // Then
    assertThat(attacks).hasSize(16);
    assertThat(approved).isEmpty();
    assertThat(took).isLessThan(HANG);
  }

  private List<String> approved(List<JsonNode> statements) {
    var approved = new ArrayList<String>();
    for (JsonNode statement : statements) {
      String sql = statement.path("sql").asText();
      SafetyVerdict verdict = guard.judge(sql, policy, schema);
      if (verdict instanceof SafetyVerdict.Approved) {
        approved.add(sql);
      } else if (verdict instanceof SafetyVerdict.Rejected rejected) {
        assertThat(rejected.violations()).as(sql).isNotEmpty();
        assertThat(rejected.violations()).as(sql).noneMatch(v -> v.rule().equals("INTERNAL"));
      }
    }
    return approved;
  }

  @Test
  void approvesEveryOrdinaryQuery() {
    // Given
    var blocked = new ArrayList<String>();

    // When
    for (JsonNode statement : Corpus.statements("benign.jsonl")) {
      String flags = statement.path("flags").toString();
      boolean followsPolicy = flags.contains("policy") || flags.contains("explain");
      boolean newerServer = flags.contains("pg16plus");
      boolean parserRefuses = !statement.path("pg17").asText().equals("ok");
      if (!followsPolicy && !newerServer && !parserRefuses) {
        String sql = statement.path("sql").asText();
        if (guard.judge(sql, policy, schema) instanceof SafetyVerdict.Rejected rejected) {
          blocked.add(sql + " -> " + rejected.violations());
        }
      }
    }

    // Then
    assertThat(blocked).isEmpty();
  }

  @Test
  void theParserItselfRefusesOneOrdinaryQueryAtMost() {
    assertThat(Corpus.statements("benign.jsonl"))
        .filteredOn(statement -> !statement.path("pg17").asText().equals("ok"))
        .hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void approvedTextIsApprovedAgainAsItStands() {
    for (JsonNode statement : Corpus.statements("benign.jsonl")) {
      String sql = statement.path("sql").asText();
      if (guard.judge(sql, policy, schema) instanceof SafetyVerdict.Approved first) {
        // When
        SafetyVerdict again = guard.judge(first.sql(), policy, schema);

        // Then
        assertThat(again).as(sql).isEqualTo(first);
      }
    }
  }
}
