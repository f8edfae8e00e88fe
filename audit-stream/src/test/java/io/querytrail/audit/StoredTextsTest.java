package io.querytrail.audit;

import static io.querytrail.audit.SampleEvents.failed;
import static io.querytrail.audit.SampleEvents.generated;
import static io.querytrail.audit.SampleEvents.policy;
import static io.querytrail.audit.SampleEvents.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.audit.AuditDriver.Out;
import io.querytrail.events.QueryApproved;
import io.querytrail.events.QueryAudited;
import io.querytrail.events.TextStorage;
import io.querytrail.schemas.Topic;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a request's texts comes into its audit record, and so into the log. */
class StoredTextsTest {
  private static final String QUESTION =
      "What did \"Ann Smith\" (ann@example.com) spend since 2026-01-31, above 1,000.50?";

  @TempDir Path stateDir;
  private AuditDriver audit;

  @BeforeEach
  void start() {
    audit = new AuditDriver(stateDir);
  }

  @AfterEach
  void stop() {
    audit.close();
  }

  private List<Out> asked(String id, TextStorage storage, SpecificRecord answer) {
    audit.apply(policy(1, "1").setStoredTexts(storage).build());
    audit.ask(request(id).setQuestion(QUESTION).build());
    return audit.send(Topic.GENERATIONS, "acme", answer);
  }

  private static QueryAudited audited(List<Out> out) {
    return (QueryAudited)
        out.stream().filter(o -> o.topic() == Topic.AUDIT).findFirst().orElseThrow().event();
  }

  private static QueryApproved approved(List<Out> out) {
    return (QueryApproved)
        out.stream().filter(o -> o.topic() == Topic.APPROVALS).findFirst().orElseThrow().event();
  }

  @Test
  void keepsTextsAsTheyAreUnlessThePolicySaysOtherwise() {
    QueryAudited kept =
        audited(asked("r", TextStorage.CLEAR, generated("r", "n", "SELECT 'x'").build()));

    assertThat(kept.getQuestion()).isEqualTo(QUESTION);
    assertThat(kept.getGeneratedSql()).isEqualTo("SELECT 'x'");
  }

  @Test
  void redactsQuestionAndStatementsButNotWhatIsApproved() {
    List<Out> out =
        asked(
            "r",
            TextStorage.REDACTED,
            generated("r", "n", "SELECT id FROM t WHERE name = 'Ann' AND d > DATE '2026-01-31'")
                .build());

    QueryAudited kept = audited(out);
    assertThat(kept.getQuestion()).isEqualTo("What did ? ? spend since ? above ??");
    assertThat(kept.getGeneratedSql())
        .isEqualTo("SELECT id FROM t WHERE name = '?' AND d > DATE '?'");
    assertThat(kept.getApprovedSql())
        .isEqualTo("SELECT id FROM t WHERE name = '?' AND d > DATE '?' LIMIT 0");
    assertThat(approved(out).getSql()).contains("'Ann'");
    assertThat(approved(out).getStoredTexts()).isEqualTo(TextStorage.REDACTED);
  }

  @Test
  void hashesWithTheAccountsKeySoThatEqualTextsStayEqual() {
    QueryAudited first =
        audited(
            asked(
                "r1",
                TextStorage.HASHED,
                generated("r1", "n", "SELECT 'Ann', 'Ann', 'Bob', 5, 5, 6").build()));
    audit.ask(request("r2").setQuestion(QUESTION).build());
    QueryAudited second =
        audited(
            audit.send(Topic.GENERATIONS, "acme", generated("r2", "n", "SELECT 'Bob', 6").build()));

    assertThat(first.getQuestion()).matches("hmac:[0-9a-f]{64}").isEqualTo(second.getQuestion());
    assertThat(first.getGeneratedSql())
        .matches("SELECT '(\\w{16})', '\\1', '(?!\\1)(\\w{16})', (\\d+), \\3, (?!\\3)\\d+");
    String[] parts = String.valueOf(first.getGeneratedSql()).split(", ");
    assertThat(second.getGeneratedSql()).isEqualTo("SELECT " + parts[2] + ", " + parts[5]);
  }

  @Test
  void keepsNothingOfAStatementThatDoesNotParse() {
    QueryAudited redacted =
        audited(asked("r1", TextStorage.REDACTED, generated("r1", "n", "DROP 'Ann").build()));
    assertThat(redacted.getGeneratedSql()).isEqualTo("(redacted)");
    assertThat(redacted.getMessage()).isEqualTo("(redacted)");
    assertThat(redacted.getViolations())
        .isNotEmpty()
        .allSatisfy(violation -> {
          assertThat(violation.getMessage()).isEqualTo("(redacted)");
          assertThat(violation.getPosition()).isNull();
        });
  }

  @Test
  void keepsNoMessageOfADatabaseThatMayQuoteAConstant() {
    QueryAudited kept =
        audited(
            asked(
                "r",
                TextStorage.REDACTED,
                failed("r", "n")
                    .setErrorType("plan_failed")
                    .setMessage("invalid input syntax for type date: \"Ann\"")
                    .setSql("SELECT DATE 'Ann'")
                    .build()));

    assertThat(kept.getGeneratedSql()).isEqualTo("SELECT DATE '?'");
    assertThat(kept.getMessage()).isEqualTo("(redacted)");
    assertThat(kept.getReason()).isEqualTo("plan_failed");
  }

  @Test
  void refusesAPolicyWhoseStorageItDoesNotKnow() {
    List<Out> out = audit.apply(policy(1, "1").setStoredTexts(TextStorage.UNKNOWN).build());

    assertThat(out).noneMatch(o -> o.topic() == Topic.AUDIT);
    assertThat(out.toString()).doesNotContain("POLICY_APPLIED");
  }
}
