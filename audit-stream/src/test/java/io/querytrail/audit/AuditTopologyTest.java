package io.querytrail.audit;

import static io.querytrail.audit.SampleEvents.amount;
import static io.querytrail.audit.SampleEvents.attempt;
import static io.querytrail.audit.SampleEvents.datasource;
import static io.querytrail.audit.SampleEvents.failed;
import static io.querytrail.audit.SampleEvents.generated;
import static io.querytrail.audit.SampleEvents.interrupted;
import static io.querytrail.audit.SampleEvents.policy;
import static io.querytrail.audit.SampleEvents.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.querytrail.audit.AuditDriver.Out;
import io.querytrail.events.AccountPolicy;
import io.querytrail.events.BudgetAlert;
import io.querytrail.events.BudgetBalance;
import io.querytrail.events.CandidateCeiling;
import io.querytrail.events.ChargedAttempt;
import io.querytrail.events.DatasourcePolicy;
import io.querytrail.events.HoldTerms;
import io.querytrail.events.LedgerEvent;
import io.querytrail.events.LedgerEventKind;
import io.querytrail.events.ModelAttempt;
import io.querytrail.events.ModelCandidate;
import io.querytrail.events.PricedAttempt;
import io.querytrail.events.QueryAdmitted;
import io.querytrail.events.QueryApproved;
import io.querytrail.events.QueryAudited;
import io.querytrail.events.QueryCorrected;
import io.querytrail.events.QueryGenerated;
import io.querytrail.events.QueryRejected;
import io.querytrail.events.RateLimit;
import io.querytrail.events.RateLimits;
import io.querytrail.events.RejectionStage;
import io.querytrail.events.RequesterContext;
import io.querytrail.events.RoutingMode;
import io.querytrail.events.RoutingPolicy;
import io.querytrail.events.RuleViolation;
import io.querytrail.events.Severity;
import io.querytrail.events.TokenUsage;
import io.querytrail.events.Verdict;
import io.querytrail.schemas.DeadLetter;
import io.querytrail.schemas.EventSerializer;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TraceParent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTopologyTest {
  private static final TraceParent TRACE =
      new TraceParent("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", true);

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

  // ---- admission

  @Test
  void requestBecomesASpendingAuthorisation() {
    // Given
    audit.apply(policy(1, "1").build());
    RequesterContext context = RequesterContext.newBuilder().setRole("analyst").build();

    // When
    List<Out> out =
        audit.ask(request("r-1").setContext(context).setTags(Map.of("page", "home")).build());

    // Then
    Out record = only(out, Topic.ADMISSIONS);
    assertThat(record.key()).isEqualTo("acme");
    assertThat(record.event())
        .isEqualTo(
            QueryAdmitted.newBuilder()
                .setRequestId("r-1")
                .setAccount("acme")
                .setUser("ada")
                .setTeam("sales")
                .setDatasource("shop")
                .setQuestion("How many orders came in yesterday?")
                .setContext(context)
                .setAdmissionId("r-1#1")
                .setAdmission(1)
                .setCandidates(List.of(new ModelCandidate("test", "small", "cheap")))
                .setMaxInputTokens(1_000)
                .setMaxOutputTokens(1_000)
                .setMaxSends(2)
                .setDeadline(audit.now().plusSeconds(120))
                .setHeld(amount("0.004"))
                .setCurrency("USD")
                .setPriceVersion("p1")
                .setPolicyVersion(1)
                .setSchemas(List.of("public"))
                .setRowCap(100)
                .setRequestedAt(audit.now())
                .build());
    assertThat(event(out, Topic.LEDGER, LedgerEvent.class))
        .satisfies(held -> {
          assertThat(held.getKind()).isEqualTo(LedgerEventKind.HELD);
          assertThat(held.getSequence()).isEqualTo(2);
          assertThat(held.getAmount()).isEqualTo(amount("0.004"));
          assertThat(held.getChanges()).hasSize(1);
          assertThat(held.getChanges().getFirst().getHeldDelta()).isEqualTo(amount("0.004"));
        });
    Out balance = only(out, Topic.BALANCES);
    assertThat(balance.key()).isEqualTo("acme|ACCOUNT|acme|2026-11");
    assertThat((BudgetBalance) balance.event())
        .satisfies(state -> {
          assertThat(state.getHeld()).isEqualTo(amount("0.004"));
          assertThat(state.getSettled()).isEqualTo(amount("0"));
          assertThat(state.getLimit()).isEqualTo(amount("1"));
          assertThat(state.getOpenHolds()).isEqualTo(1);
          assertThat(state.getPeriodStart()).isEqualTo(Instant.parse("2026-11-01T00:00:00Z"));
          assertThat(state.getPeriodEnd()).isEqualTo(Instant.parse("2026-12-01T00:00:00Z"));
        });
    assertThat(out).hasSize(3);
  }

  @Test
  void everyRecordGoesOnWithTheTraceAndCarriesCloudEventsHeaders() {
    // Given
    audit.apply(policy(1, "1").build());
    byte[] bytes = new EventSerializer().serialize("any", request("r-1").build());
    RecordHeaders headers = new RecordHeaders();
    headers.add("traceparent", TRACE.format().getBytes(StandardCharsets.UTF_8));

    // When
    List<Out> out = audit.send(Topic.REQUESTS, "acme", bytes, headers);

    // Then
    assertThat(out)
        .hasSize(3)
        .allSatisfy(record -> {
          assertThat(record.trace().traceId()).isEqualTo(TRACE.traceId());
          assertThat(record.trace().spanId()).isNotEqualTo(TRACE.spanId());
          assertThat(record.header("ce_specversion")).isEqualTo("1.0");
          assertThat(record.header("ce_source")).isEqualTo("querytrail/audit-stream");
          assertThat(record.header("ce_type")).isEqualTo(record.event().getSchema().getFullName());
          assertThat(record.header("ce_time")).isEqualTo(audit.now().toString());
          assertThat(record.header("content-type")).isEqualTo("application/avro");
          assertThat(record.header("ce_id")).isNotEmpty();
          assertThat(record.header("ce_subject")).isNotEmpty();
        });
    assertThat(only(out, Topic.ADMISSIONS).header("ce_id")).isEqualTo("acme/r-1#1");
    assertThat(only(out, Topic.ADMISSIONS).header("ce_subject")).isEqualTo("r-1");
  }

  @Test
  void requestWithoutATraceBeginsOneThatReachesTheLogRow() {
    audit.apply(policy(1, "1").build());
    TraceParent trace = only(audit.ask(request("r-1").build()), Topic.ADMISSIONS).trace();

    QueryAudited audited = audited(answer("r-1", "n-1", "SELECT 1"));

    assertThat(audited.getTraceId()).isEqualTo(trace.traceId());
  }

  @Test
  void accountWithoutAPolicyIsRejectedAndServedOnceItHasOne() {
    // Given
    List<Out> before = audit.ask(request("r-1").build());

    // When
    audit.apply(policy(1, "1").build());

    // Then
    assertRefused(before, "UNKNOWN_ACCOUNT");
    assertThat(audit.ask(request("r-2").build())).anyMatch(on(Topic.ADMISSIONS));
  }

  @Test
  void changedPolicyDecidesAboutTheNextRequest() {
    audit.apply(policy(1, "1").build());
    audit.ask(request("r-1").build());

    audit.apply(policy(2, "0.001").setPaused(false).build());
    assertRefused(audit.ask(request("r-2").build()), "BUDGET_EXCEEDED");
    audit.apply(policy(3, "1").setPaused(true).build());
    assertRefused(audit.ask(request("r-3").build()), "ACCOUNT_PAUSED");
    audit.apply(policy(4, "1").build());
    assertThat(event(audit.ask(request("r-4").build()), Topic.ADMISSIONS, QueryAdmitted.class))
        .satisfies(admitted -> assertThat(admitted.getPolicyVersion()).isEqualTo(4));
  }

  @Test
  void policyThatCannotBeJudgedByIsRefusedAndTheOldOneStays() {
    audit.apply(policy(1, "1").build());

    List<Out> out =
        audit.apply(
            policy(2, "1")
                .setDatasources(
                    List.of(
                        DatasourcePolicy.newBuilder(datasource("shop", 7))
                            .setRuleSeverities(Map.of("NO_SUCH_RULE", "warn"))
                            .build()))
                .build());

    assertThat(event(out, Topic.LEDGER, LedgerEvent.class))
        .satisfies(refused -> {
          assertThat(refused.getKind()).isEqualTo(LedgerEventKind.POLICY_REFUSED);
          assertThat(refused.getReason()).contains("NO_SUCH_RULE");
        });
    assertThat(event(audit.ask(request("r-1").build()), Topic.ADMISSIONS, QueryAdmitted.class))
        .satisfies(admitted -> assertThat(admitted.getPolicyVersion()).isEqualTo(1));
  }

  @Test
  void refusalByABudgetCarriesTheReceipt() {
    // Given one hold of 0.004 in a budget of 0.007
    audit.apply(policy(5, "0.007").build());
    audit.ask(request("r-1").build());

    // When
    List<Out> out = audit.ask(request("r-2").build());

    // Then
    QueryRejected rejected = assertRefused(out, "BUDGET_EXCEEDED");
    assertThat(rejected.getReceipt())
        .satisfies(receipt -> {
          assertThat(receipt.getLimit()).isEqualTo(amount("0.007"));
          assertThat(receipt.getHeld()).isEqualTo(amount("0.004"));
          assertThat(receipt.getSettled()).isEqualTo(amount("0"));
          assertThat(receipt.getAsked()).isEqualTo(amount("0.004"));
          assertThat(receipt.getPeriodName()).isEqualTo("2026-11");
          assertThat(receipt.getPeriodEnd()).isEqualTo(Instant.parse("2026-12-01T00:00:00Z"));
          assertThat(receipt.getCurrency()).isEqualTo("USD");
          assertThat(receipt.getPolicyVersion()).isEqualTo(5);
        });
    assertThat(rejected.getCost()).isEqualTo(amount("0"));
    assertThat(rejected.getPolicyVersion()).isEqualTo(5);
    assertThat(audited(out).getReceipt()).isEqualTo(rejected.getReceipt());
    assertThat(event(out, Topic.LEDGER, LedgerEvent.class).getKind())
        .isEqualTo(LedgerEventKind.REFUSED);
    assertThat(out).noneMatch(on(Topic.BALANCES)).noneMatch(on(Topic.ADMISSIONS));
  }

  @Test
  void requestThatComesTooFastIsRejectedWithTheMomentToTryAgain() {
    // Given
    audit.apply(
        policy(1, "1").setRateLimits(new RateLimits(null, new RateLimit(1, null, null))).build());
    audit.ask(request("r-1").build());
    Instant first = audit.now();

    // When
    List<Out> out = audit.ask(request("r-2").build());

    // Then
    QueryRejected rejected = assertRefused(out, "TOO_MANY_REQUESTS");
    assertThat(rejected.getRetryAt()).isEqualTo(first.plusSeconds(60));
    assertThat(rejected.getMessage()).startsWith("user ada has asked 1 of 1 requests");
    assertThat(event(out, Topic.LEDGER, LedgerEvent.class).getReason())
        .isEqualTo("TOO_MANY_REQUESTS");

    // When the minute is over, and the windows swept more than once
    audit.advance(Duration.ofSeconds(57));
    assertRefused(audit.ask(request("r-3").build()), "TOO_MANY_REQUESTS");
    audit.advance(Duration.ofMinutes(10));

    // Then
    assertThat(audit.ask(request("r-4").build())).anyMatch(on(Topic.ADMISSIONS));
    assertRefused(audit.ask(request("r-5").build()), "TOO_MANY_REQUESTS");
  }

  @Test
  void rateLimitThatNothingCouldMeetIsRefusedWithThePolicy() {
    List<Out> out =
        audit.apply(
            policy(1, "1")
                .setRateLimits(new RateLimits(new RateLimit(null, 3_999L, null), null))
                .build());

    assertThat(event(out, Topic.LEDGER, LedgerEvent.class).getReason())
        .contains("rateLimits.account.tokensPerMinute is 3999");
  }

  @Test
  void identicalDuplicateIsCountedAndHasNoSecondVerdict() {
    audit.apply(policy(1, "1").build());
    audit.ask(request("r-1").setTags(Map.of("a", "1", "b", "2")).build());

    assertThat(audit.ask(request("r-1").setTags(Map.of("b", "2", "a", "1")).build())).isEmpty();
    answer("r-1", "n-1", "SELECT 1");
    assertThat(audit.ask(request("r-1").setTags(Map.of("a", "1", "b", "2")).build())).isEmpty();
    assertThat(audit.count("querytrail.admissions", "outcome", "repeated")).isEqualTo(2);
  }

  // ---- verdict

  @Test
  void generationBecomesAnApprovalWithItsCost() {
    // Given
    audit.apply(policy(3, "1").build());
    audit.ask(request("r-1").build());
    Instant requestedAt = audit.now();

    // When
    List<Out> out = answer("r-1", "n-1", "SELECT id FROM orders");

    // Then
    Out record = only(out, Topic.APPROVALS);
    assertThat(record.key()).isEqualTo("acme");
    assertThat(record.header("ce_id")).isEqualTo("acme/r-1/verdict");
    assertThat(record.event())
        .isEqualTo(
            QueryApproved.newBuilder()
                .setRequestId("r-1")
                .setAccount("acme")
                .setUser("ada")
                .setTeam("sales")
                .setDatasource("shop")
                .setQuestion("How many orders came in yesterday?")
                .setSql("SELECT id FROM orders LIMIT 100")
                .setExplanation("Counts orders.")
                .setRelations(List.of("public.orders"))
                .setColumns(List.of("public.orders.id"))
                .setRowCap(100)
                .setProvider("test")
                .setModel("small")
                .setCost(amount("0.0005"))
                .setCurrency("USD")
                .setPriceVersion("p1")
                .setPolicyVersion(3)
                .setRequestedAt(requestedAt)
                .build());
    assertThat(event(out, Topic.LEDGER, LedgerEvent.class))
        .satisfies(settled -> {
          assertThat(settled.getKind()).isEqualTo(LedgerEventKind.SETTLED);
          assertThat(settled.getAmount()).isEqualTo(amount("0.0005"));
          assertThat(settled.getChanges().getFirst().getHeldDelta()).isEqualTo(amount("-0.004"));
          assertThat(settled.getChanges().getFirst().getSettledDelta()).isEqualTo(amount("0.0005"));
        });
    assertThat(event(out, Topic.BALANCES, BudgetBalance.class))
        .satisfies(balance -> {
          assertThat(balance.getHeld()).isEqualTo(amount("0"));
          assertThat(balance.getSettled()).isEqualTo(amount("0.0005"));
          assertThat(balance.getOpenHolds()).isZero();
          assertThat(balance.getLedgerSequence()).isEqualTo(3);
        });
    assertThat(out).hasSize(4);
  }

  @Test
  void auditRecordHoldsAllThatTheLogRowNeeds() {
    audit.apply(policy(3, "1").build());
    audit.ask(request("r-1").setTags(Map.of("page", "home")).build());
    Instant requestedAt = audit.now();

    QueryAudited audited = audited(answer("r-1", "n-1", "SELECT * FROM orders"));

    assertThat(audited.getVerdict()).isEqualTo(Verdict.APPROVED);
    assertThat(audited.getStage()).isNull();
    assertThat(audited.getReason()).isNull();
    assertThat(audited.getUser()).isEqualTo("ada");
    assertThat(audited.getTeam()).isEqualTo("sales");
    assertThat(audited.getDatasource()).isEqualTo("shop");
    assertThat(audited.getGeneratedSql()).isEqualTo("SELECT * FROM orders");
    assertThat(audited.getApprovedSql()).isEqualTo("SELECT * FROM orders LIMIT 100");
    assertThat(audited.getViolations())
        .containsExactly(new RuleViolation("STAR", Severity.WARN, "name the columns", 8));
    assertThat(audited.getRelations()).containsExactly("public.orders");
    assertThat(audited.getRowCap()).isEqualTo(100);
    assertThat(audited.getCost()).isEqualTo(amount("0.0005"));
    assertThat(audited.getAttempts())
        .singleElement()
        .satisfies(attempt -> {
          assertThat(attempt.getCost()).isEqualTo(amount("0.0005"));
          assertThat(attempt.getEstimated()).isFalse();
          assertThat(attempt.getCorrection()).isFalse();
          assertThat(attempt.getAttempt()).isEqualTo(attempt(1, 300L, 200L));
        });
    assertThat(audited.getRequestedAt()).isEqualTo(requestedAt);
    assertThat(audited.getDecidedAt()).isEqualTo(audit.now());
    assertThat(audited.getRequestPartition()).isZero();
    assertThat(audited.getRequestOffset()).isZero();
    assertThat(audited.getQueueMillis()).isEqualTo(1);
    assertThat(audited.getExplainMillis()).isEqualTo(4);
    assertThat(audited.getSafetyMicros()).isNotNull();
    assertThat(audited.getTags()).containsExactly(Map.entry("page", "home"));
    assertThat(audited.getPolicyVersion()).isEqualTo(3);
    assertThat(audited.getChainSequence()).isEqualTo(1);
    assertThat(audited.getChainKeyId()).isEqualTo("chain-1");
  }

  @Test
  void answerThatIsUsedAgainCostsNothingAndIsJudgedAndLoggedLikeAnyOther() {
    // Given
    audit.apply(policy(3, "1").build());
    audit.ask(request("r-1").build());
    audit.ask(request("r-2").build());

    // When
    List<Out> approved = generation(reused("r-1", "SELECT id FROM orders"));
    List<Out> rejected = generation(reused("r-2", "DROP TABLE orders"));

    // Then
    QueryApproved approval = event(approved, Topic.APPROVALS, QueryApproved.class);
    assertThat(approval.getCost()).isEqualTo(amount("0"));
    assertThat(approval.getCacheHit()).isTrue();
    assertThat(event(rejected, Topic.REJECTIONS, QueryRejected.class).getReason())
        .isEqualTo("UNSAFE_SQL");
    assertThat(event(rejected, Topic.BALANCES, BudgetBalance.class))
        .satisfies(balance -> {
          assertThat(balance.getHeld()).isEqualTo(amount("0"));
          assertThat(balance.getSettled()).isEqualTo(amount("0"));
          assertThat(balance.getOpenHolds()).isZero();
        });
    for (QueryAudited audited : List.of(audited(approved), audited(rejected))) {
      assertThat(audited.getCost()).isEqualTo(amount("0"));
      assertThat(audited.getAttempts()).isEmpty();
      assertThat(audited.getModel()).isEqualTo("small");
      assertThat(audited.getCacheHit()).isTrue();
      assertThat(audited.getCacheTier()).isEqualTo("memory");
      assertThat(audited.getCacheAgeMillis()).isEqualTo(1_500);
    }
  }

  private static QueryGenerated reused(String id, String sql) {
    return generated(id, "n-" + id, sql)
        .setAttempts(List.of())
        .setCacheHit(true)
        .setCacheTier("memory")
        .setCacheAgeMillis(1_500L)
        .build();
  }

  @Test
  void unsafeSqlIsRejectedWithItsRulesAndPaidAllTheSame() {
    audit.apply(policy(1, "1").build());
    audit.ask(request("r-1").build());

    List<Out> out = answer("r-1", "n-1", "DROP TABLE orders");

    QueryRejected rejected = event(out, Topic.REJECTIONS, QueryRejected.class);
    assertThat(rejected.getStage()).isEqualTo(RejectionStage.SAFETY);
    assertThat(rejected.getReason()).isEqualTo("UNSAFE_SQL");
    assertThat(rejected.getMessage()).isEqualTo("only SELECT may be run (and 1 more)");
    assertThat(rejected.getViolations())
        .containsExactly(
            new RuleViolation("NOT_A_SELECT", Severity.REJECT, "only SELECT may be run", 1),
            new RuleViolation("STAR", Severity.WARN, "name the columns", null));
    assertThat(rejected.getGeneratedSql()).isEqualTo("DROP TABLE orders");
    assertThat(rejected.getCost()).isEqualTo(amount("0.0005"));
    assertThat(audited(out).getApprovedSql()).isNull();
    assertThat(audited(out).getVerdict()).isEqualTo(Verdict.REJECTED);
    assertThat(out).noneMatch(on(Topic.APPROVALS));
  }

  @Test
  void verdictIsByThePolicyInForceWhenTheAnswerComes() {
    // Given
    audit.apply(policy(1, "1").build());
    audit.ask(request("r-1").build());
    audit.ask(request("r-2").build());

    // When the row cap changes
    audit.apply(policy(2, "1").setDatasources(List.of(datasource("shop", 7))).build());

    // Then
    assertThat(event(answer("r-1", "n-1", "SELECT 1"), Topic.APPROVALS, QueryApproved.class))
        .satisfies(approved -> {
          assertThat(approved.getRowCap()).isEqualTo(7);
          assertThat(approved.getPolicyVersion()).isEqualTo(2);
        });

    // When the datasource is withdrawn
    audit.apply(policy(3, "1").setDatasources(List.of(datasource("crm", 7))).build());

    // Then
    assertThat(event(answer("r-2", "n-1", "SELECT 1"), Topic.REJECTIONS, QueryRejected.class))
        .satisfies(rejected -> {
          assertThat(rejected.getStage()).isEqualTo(RejectionStage.SAFETY);
          assertThat(rejected.getViolations().getFirst().getRule())
              .isEqualTo("DATASOURCE_WITHDRAWN");
          assertThat(rejected.getCost()).isEqualTo(amount("0.0005"));
        });
  }

  @Test
  void failedGenerationIsRejectedWithWhatItCost() {
    audit.apply(policy(1, "1").build());
    audit.ask(request("r-1").build());

    List<Out> out =
        generation(
            failed("r-1", "n-1")
                .setAttempts(
                    List.of(
                        attempt(1).setSent(false).setErrorType("connect").build(),
                        attempt(2).setErrorType("timeout").build(),
                        attempt(3, 100L, 100L)))
                .build());

    QueryRejected rejected = event(out, Topic.REJECTIONS, QueryRejected.class);
    assertThat(rejected.getStage()).isEqualTo(RejectionStage.GENERATION);
    assertThat(rejected.getReason()).isEqualTo("not_json");
    assertThat(rejected.getMessage()).isEqualTo("the model answered in prose");
    assertThat(rejected.getCost()).isEqualTo(amount("0.0022"));
    QueryAudited audited = audited(out);
    assertThat(audited.getAttempts())
        .extracting(attempt -> attempt.getCost(), attempt -> attempt.getEstimated())
        .containsExactly(
            tuple(amount("0"), false),
            tuple(amount("0.002"), true),
            tuple(amount("0.0002"), false));
    assertThat(audited.getModel()).isEqualTo("small");
  }

  @Test
  void usageThatCannotBeTrueIsChargedAtTheCeiling() {
    audit.apply(policy(1, "1").build());
    List<TokenUsage> nonsense =
        List.of(
            TokenUsage.newBuilder().build(),
            TokenUsage.newBuilder().setInputTokens(5L).build(),
            TokenUsage.newBuilder().setInputTokens(-5L).setOutputTokens(5L).build(),
            TokenUsage.newBuilder()
                .setInputTokens(5L)
                .setOutputTokens(5L)
                .setCachedInputTokens(Long.MAX_VALUE)
                .setCacheWriteTokens(Long.MAX_VALUE)
                .build(),
            TokenUsage.newBuilder().setInputTokens(Long.MAX_VALUE).setOutputTokens(5L).build());
    for (int i = 0; i < nonsense.size(); i++) {
      String id = "r-" + i;
      audit.ask(request(id).build());
      ModelAttempt attempt = attempt(1).setUsage(nonsense.get(i)).build();

      List<Out> out =
          generation(generated(id, "n", "SELECT 1").setAttempts(List.of(attempt)).build());

      assertThat(audited(out).getAttempts().getFirst())
          .as("%s", nonsense.get(i))
          .satisfies(priced -> {
            assertThat(priced.getCost()).isEqualTo(amount("0.002"));
            assertThat(priced.getEstimated()).isTrue();
          });
    }
  }

  @Test
  void interruptedGenerationIsChargedItsWholeHoldAndTheRequestAdmittedAnew() {
    // Given
    audit.apply(policy(1, "1").build());
    RequesterContext context = RequesterContext.newBuilder().setRole("analyst").build();
    List<Out> asked =
        audit.ask(request("r-1").setContext(context).setPreferredTier("cheap").build());
    QueryAdmitted first = event(asked, Topic.ADMISSIONS, QueryAdmitted.class);

    // When
    List<Out> out = generation(interrupted("r-1"));

    // Then everything is as in the first admission, but for what tells them apart
    QueryAdmitted second = event(out, Topic.ADMISSIONS, QueryAdmitted.class);
    assertThat(second)
        .isEqualTo(
            QueryAdmitted.newBuilder(first)
                .setAdmissionId("r-1#2")
                .setAdmission(2)
                .setDeadline(audit.now().plusSeconds(120))
                .build());
    assertThat(ledger(out))
        .extracting(LedgerEvent::getKind, LedgerEvent::getAdmissionId, LedgerEvent::getAmount)
        .containsExactly(
            tuple(LedgerEventKind.INTERRUPTED, "r-1#1", amount("0.004")),
            tuple(LedgerEventKind.HELD, "r-1#2", amount("0.004")));
    assertThat(out).noneMatch(on(Topic.AUDIT)).noneMatch(on(Topic.REJECTIONS));

    // When
    List<Out> answered =
        generation(generated("r-1", "n-2", "SELECT 1").setAdmissionId("r-1#2").build());

    // Then the verdict costs both
    QueryAudited audited = audited(answered);
    assertThat(audited.getVerdict()).isEqualTo(Verdict.APPROVED);
    assertThat(audited.getCost()).isEqualTo(amount("0.0045"));
    assertThat(audited.getAttempts())
        .extracting(PricedAttempt::getCost, PricedAttempt::getEstimated)
        .containsExactly(
            tuple(amount("0.002"), true),
            tuple(amount("0.002"), true),
            tuple(amount("0.0005"), false));
  }

  @Test
  void interruptedRequestThatCannotBeTriedAgainIsRejectedWithItsCharge() {
    audit.apply(policy(1, "0.004").build());
    audit.ask(request("r-1").build());

    List<Out> out = generation(interrupted("r-1"));

    QueryRejected rejected = event(out, Topic.REJECTIONS, QueryRejected.class);
    assertThat(rejected.getStage()).isEqualTo(RejectionStage.GENERATION);
    assertThat(rejected.getReason()).isEqualTo("INTERRUPTED");
    assertThat(rejected.getMessage())
        .contains("the generator stopped")
        .contains("needs a hold of 0.004");
    assertThat(rejected.getCost()).isEqualTo(amount("0.004"));
    assertThat(audited(out).getAttempts())
        .hasSize(2)
        .allSatisfy(attempt -> {
          assertThat(attempt.getEstimated()).isTrue();
          assertThat(attempt.getAttempt().getErrorType()).isEqualTo("interrupted");
        });
    assertThat(event(out, Topic.BALANCES, BudgetBalance.class).getHeld()).isEqualTo(amount("0"));
  }

  @Test
  void lateAnswerOfAnInterruptedAdmissionIsTheOneVerdict() {
    // Given
    audit.apply(policy(1, "1").build());
    audit.ask(request("r-1").build());
    generation(interrupted("r-1"));

    // When
    List<Out> first = answer("r-1", "n-1", "SELECT 1");
    List<Out> second =
        generation(generated("r-1", "n-2", "SELECT 2").setAdmissionId("r-1#2").build());

    // Then
    assertThat(event(first, Topic.APPROVALS, QueryApproved.class).getSql()).startsWith("SELECT 1");
    assertThat(audited(first).getCost()).isEqualTo(amount("0.0005"));
    QueryCorrected corrected = event(second, Topic.AUDIT, QueryCorrected.class);
    assertThat(corrected.getReason()).isEqualTo("LATE_ANSWER");
    assertThat(corrected.getDelta()).isEqualTo(amount("0.0005"));
    BudgetBalance balance = event(second, Topic.BALANCES, BudgetBalance.class);
    assertThat(balance.getSettled()).isEqualTo(amount("0.001"));
    assertThat(balance.getHeld()).isEqualTo(amount("0"));
    assertThat(balance.getOpenHolds()).isZero();
  }

  @Test
  void reportOfAnAdmissionThatNeverWasIsSetAside() {
    audit.apply(policy(1, "1").build());
    audit.ask(request("r-1").build());

    List<Out> out = generation(generated("r-1", "n", "SELECT 1").setAdmissionId("r-1#7").build());

    assertThat(out).singleElement().matches(on(Topic.DEAD_LETTERS));
    assertThat(out.getFirst().header(DeadLetter.ERROR_CLASS)).isEqualTo("UNKNOWN_REQUEST");
  }

  @Test
  void interruptionOfARequestThatHasItsVerdictSaysNothingNew() {
    audit.apply(policy(1, "1").build());
    audit.ask(request("r-1").build());
    answer("r-1", "n-1", "SELECT 1");

    assertThat(generation(interrupted("r-1"))).isEmpty();
    assertThat(audit.count("querytrail.generations.repeated")).isEqualTo(1);
  }

  @Test
  void redeliveredGenerationIsCountedAndHasNoSecondVerdict() {
    audit.apply(policy(1, "1").build());
    audit.ask(request("r-1").build());
    answer("r-1", "n-1", "SELECT 1");

    assertThat(answer("r-1", "n-1", "SELECT 1")).isEmpty();
    assertThat(audit.count("querytrail.generations.repeated")).isEqualTo(1);
  }

  @Test
  void secondDispatchOfARequestIsACorrectionAndNoSecondVerdict() {
    // Given
    audit.apply(policy(1, "1").build());
    audit.ask(request("r-1").build());
    Instant requestedAt = audit.now();
    answer("r-1", "n-1", "SELECT 1");

    // When
    List<Out> out = answer("r-1", "n-2", "SELECT 2");

    // Then
    QueryCorrected corrected = event(out, Topic.AUDIT, QueryCorrected.class);
    assertThat(corrected.getDelta()).isEqualTo(amount("0.0005"));
    assertThat(corrected.getReason()).isEqualTo("SECOND_DISPATCH");
    assertThat(corrected.getAttempts())
        .singleElement()
        .satisfies(attempt -> assertThat(attempt.getCorrection()).isTrue());
    assertThat(corrected.getRequestedAt()).isEqualTo(requestedAt);
    assertThat(corrected.getCorrectedAt()).isEqualTo(audit.now());
    assertThat(corrected.getChainSequence()).isEqualTo(2);
    assertThat(event(out, Topic.LEDGER, LedgerEvent.class).getKind())
        .isEqualTo(LedgerEventKind.CORRECTED);
    assertThat(event(out, Topic.BALANCES, BudgetBalance.class).getSettled())
        .isEqualTo(amount("0.001"));
    assertThat(out).noneMatch(on(Topic.APPROVALS)).noneMatch(on(Topic.REJECTIONS)).hasSize(3);
    assertThat(answer("r-1", "n-2", "SELECT 2")).isEmpty();
  }

  @Test
  void reportThatNothingWasSentTakesTheChargeOfAnInterruptionBack() {
    audit.apply(policy(1, "0.004").build());
    audit.ask(request("r-1").build());
    generation(interrupted("r-1"));

    List<Out> out =
        generation(
            failed("r-1", "n-1").setAttempts(List.of(attempt(1).setSent(false).build())).build());

    QueryCorrected corrected = event(out, Topic.AUDIT, QueryCorrected.class);
    assertThat(corrected.getReason()).isEqualTo("LATE_ANSWER");
    assertThat(corrected.getDelta()).isEqualTo(amount("-0.004"));
    assertThat(event(out, Topic.BALANCES, BudgetBalance.class).getSettled()).isEqualTo(amount("0"));
    assertThat(out).noneMatch(on(Topic.APPROVALS)).noneMatch(on(Topic.REJECTIONS));
  }

  @Test
  void answerOfAnEarlierMonthIsPaidInThatMonth() {
    // Given
    audit.apply(policy(1, "1").build());
    audit.advance(Duration.between(audit.now(), Instant.parse("2026-11-30T23:59:50Z")));
    audit.ask(request("r-1").build());
    audit.advance(Duration.ofSeconds(60));

    // When
    List<Out> out = answer("r-1", "n-1", "SELECT 1");

    // Then
    assertThat(only(out, Topic.BALANCES).key()).isEqualTo("acme|ACCOUNT|acme|2026-11");
    assertThat(only(audit.ask(request("r-2").build()), Topic.BALANCES).key())
        .isEqualTo("acme|ACCOUNT|acme|2026-12");
  }

  @Test
  void thresholdsAreAlertedOnceWithTheRequestThatPassedThem() {
    // Given a limit that the first answer reaches to 90 percent exactly
    audit.apply(policy(1, "0.004").build());
    audit.ask(request("r-1").build());

    // When
    List<Out> out =
        generation(
            generated("r-1", "n-1", "SELECT 1")
                .setAttempts(List.of(attempt(1, 2_000L, 1_600L)))
                .build());

    // Then
    Out record = only(out, Topic.ALERTS);
    assertThat(record.key()).isEqualTo("acme");
    assertThat(record.header("ce_id")).isEqualTo("acme|ACCOUNT|acme|2026-11|90");
    assertThat((BudgetAlert) record.event())
        .satisfies(alert -> {
          assertThat(alert.getAlertId()).isEqualTo("acme|ACCOUNT|acme|2026-11|90");
          assertThat(alert.getThresholdPercent()).isEqualTo(90);
          assertThat(alert.getSettled()).isEqualTo(amount("0.0036"));
          assertThat(alert.getRequestId()).isEqualTo("r-1");
          assertThat(alert.getRaisedAt()).isEqualTo(audit.now());
        });
    assertThat(kinds(out))
        .containsExactly(LedgerEventKind.SETTLED, LedgerEventKind.THRESHOLD_REACHED);
    assertThat(ledger(out).getLast())
        .satisfies(event -> {
          assertThat(event.getReason()).isEqualTo("[90]");
          assertThat(event.getChanges())
              .singleElement()
              .satisfies(change -> {
                assertThat(change.getScopeKey()).isEqualTo("acme");
                assertThat(change.getPeriodName()).isEqualTo("2026-11");
                assertThat(change.getSettledDelta()).isEqualTo(amount("0"));
              });
        });
    assertThat(answer("r-1", "n-2", "SELECT 1"))
        .as("100 percent by a correction, 90 not again")
        .filteredOn(on(Topic.ALERTS))
        .singleElement()
        .satisfies(alert ->
            assertThat(((BudgetAlert) alert.event()).getThresholdPercent()).isEqualTo(100));
  }

  @Test
  void providerThatBreaksItsCeilingIsABreachInTheLedger() {
    audit.apply(policy(1, "0.004").build());
    audit.ask(request("r-1").build());

    List<Out> out =
        generation(
            generated("r-1", "n-1", "SELECT 1")
                .setAttempts(List.of(attempt(1, 50_000L, 0L)))
                .build());

    assertThat(kinds(out))
        .containsExactly(
            LedgerEventKind.SETTLED, LedgerEventKind.BREACHED, LedgerEventKind.THRESHOLD_REACHED);
    assertThat(out).anyMatch(on(Topic.APPROVALS));
  }

  // ---- policy

  @Test
  void appliedPolicyIsAnLedgerEventAndNothingElse() {
    List<Out> out = audit.apply(policy(1, "1").build());

    assertThat(out).hasSize(1);
    assertThat(event(out, Topic.LEDGER, LedgerEvent.class))
        .satisfies(applied -> {
          assertThat(applied.getKind()).isEqualTo(LedgerEventKind.POLICY_APPLIED);
          assertThat(applied.getPolicyVersion()).isEqualTo(1);
          assertThat(applied.getSequence()).isEqualTo(1);
        });
  }

  @Test
  void changedLimitShowsInTheBalancesOfThePresentPeriodsAtOnce() {
    // Given
    audit.apply(policy(1, "1").build());
    audit.ask(request("r-1").build());
    answer("r-1", "n-1", "SELECT 1");

    // When
    List<Out> out = audit.apply(policy(2, "0.5").build());

    // Then
    BudgetBalance balance = event(out, Topic.BALANCES, BudgetBalance.class);
    assertThat(balance.getLimit()).isEqualTo(amount("0.5"));
    assertThat(balance.getSettled()).isEqualTo(amount("0.0005"));
    assertThat(balance.getPolicyVersion()).isEqualTo(2);
    assertThat(event(out, Topic.LEDGER, LedgerEvent.class).getChanges())
        .singleElement()
        .satisfies(change -> assertThat(change.getLimit()).isEqualTo(amount("0.5")));
    assertThat(audit.apply(policy(3, "0.5").build()))
        .as("the same limit again")
        .noneMatch(on(Topic.BALANCES));
    audit.advance(Duration.ofDays(40));
    assertThat(audit.apply(policy(4, "2").build()))
        .as("a month that is over keeps the limit it had")
        .noneMatch(on(Topic.BALANCES));
  }

  @Test
  void moneyAndHoldsCanBeWatched() {
    audit.apply(policy(1, "0.009").build());
    audit.ask(request("r-1").build());
    audit.ask(request("r-2").build());
    audit.ask(request("r-3").build());

    assertThat(audit.gauge("querytrail.ledger.holds.open")).isEqualTo(2);
    assertThat(audit.gauge("querytrail.ledger.held", "currency", "USD")).isEqualTo(0.008);
    assertThat(audit.gauge("querytrail.ledger.excess")).isEqualTo(-0.001);
    assertThat(audit.count("querytrail.ledger.refused", "currency", "USD")).isEqualTo(0.004);

    answer("r-1", "n-1", "SELECT 1");
    generation(interrupted("r-2"));
    generation(failed("r-2", "n-2").setAttempts(List.of()).build());

    assertThat(audit.gauge("querytrail.ledger.holds.open")).as("tried again").isEqualTo(1);
    assertThat(audit.gauge("querytrail.ledger.held", "currency", "USD")).isEqualTo(0.004);
    assertThat(audit.count("querytrail.ledger.charged", "currency", "USD"))
        .isCloseTo(0.0045, within(1e-9));
    assertThat(audit.count("querytrail.ledger.taken.back", "currency", "USD"))
        .isCloseTo(0.004, within(1e-9));
    assertThat(audit.decisions("admit")).isEqualTo(3);
    assertThat(audit.decisions("settle")).isEqualTo(2);
    assertThat(audit.decisions("interrupt")).isEqualTo(1);
  }

  @Test
  void policyThatCannotBeAppliedIsRefusedWithTheReasonAndTheOneInForceStays() {
    audit.apply(policy(2, "1").build());
    Map<SpecificRecord, String> wrong =
        Map.of(
            policy(2, "5").build(), "version 2 is in force",
            policy(3, "5").setCurrency("EUR").build(), "cannot become EUR",
            policy(3, "5").setCurrency("CREDITS").build(), "ISO 4217",
            policy(3, "5").setTimeZone("Mars/Olympus").build(), "IANA",
            policy(3, "-5").build(), "limit is -5",
            policy(3, "5").setMaxSends(0).build(), "maxSends is 0",
            policy(3, "5").setDeadlineSeconds(-1).build(), "deadlineSeconds is -1",
            policy(3, "5").setModels(List.of()).build(), "models is empty",
            policy(3, "5").setDatasources(List.of()).build(), "datasources is empty",
            policy(3, "5").setDatasources(List.of(datasource("a", 0))).build(), "rowCap");

    wrong.forEach((policy, reason) -> {
      List<Out> out = audit.send(Topic.ACCOUNTS, "acme", policy);

      assertThat(out).hasSize(1);
      LedgerEvent refused = event(out, Topic.LEDGER, LedgerEvent.class);
      assertThat(refused.getKind()).isEqualTo(LedgerEventKind.POLICY_REFUSED);
      assertThat(refused.getReason()).contains(reason);
    });
    assertThat(
            event(audit.ask(request("r-1").build()), Topic.ADMISSIONS, QueryAdmitted.class)
                .getPolicyVersion())
        .isEqualTo(2);
  }

  // ---- the whole

  @Test
  void ledgerOfAnAccountIsNumberedWithoutGapsAcrossProcessors() {
    List<Out> out = new ArrayList<>(audit.apply(policy(1, "0.01").build()));
    out.addAll(audit.ask(request("r-1").build()));
    out.addAll(audit.ask(request("r-2").setQuestion("").build()));
    out.addAll(answer("r-1", "n-1", "SELECT 1"));
    out.addAll(audit.apply(policy(1, "1").build()));
    out.addAll(audit.apply(policy(2, "1").build()));
    out.addAll(answer("r-1", "n-2", "SELECT 1"));

    assertThat(out)
        .filteredOn(on(Topic.LEDGER))
        .extracting(record -> ((LedgerEvent) record.event()).getSequence())
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
  }

  @Test
  void admissionTellsHowToRouteAndWhatMayBePlanned() {
    // Given
    AccountPolicy policy = policy(1, "1").build();
    DatasourcePolicy shop = policy.getDatasources().getFirst();
    RoutingPolicy routing =
        RoutingPolicy.newBuilder()
            .setMode(RoutingMode.STRONG)
            .setHonourPreferredTier(false)
            .setStrongWords(List.of("margin"))
            .build();
    audit.apply(
        AccountPolicy.newBuilder(policy)
            .setRouting(routing)
            .setDatasources(
                List.of(
                    DatasourcePolicy.newBuilder(shop)
                        .setExtraFunctions(List.of("similarity"))
                        .setRuleSeverities(Map.of("CROSS_JOIN", "warn"))
                        .build()))
            .build());

    // When
    QueryAdmitted admitted =
        event(audit.ask(request("r-1").build()), Topic.ADMISSIONS, QueryAdmitted.class);

    // Then
    assertThat(admitted.getRouting()).isEqualTo(routing);
    assertThat(admitted.getExtraFunctions()).containsExactly("similarity");
    assertThat(admitted.getRuleSeverities()).containsExactly(Map.entry("CROSS_JOIN", "warn"));
  }

  @Test
  void ledgerTopicAloneTellsWhatAHoldWasComputedFrom() {
    // Given
    AccountPolicy policy = policy(1, "0.004").build();
    LedgerEvent applied = event(audit.apply(policy), Topic.LEDGER, LedgerEvent.class);

    // When
    LedgerEvent held =
        event(
            audit.ask(request("r-1").setPreferredTier("cheap").build()),
            Topic.LEDGER,
            LedgerEvent.class);
    Instant heldAt = audit.now();
    List<Out> second = audit.ask(request("r-2").setDatasource("crm").build());

    // Then
    assertThat(applied.getPolicy()).isEqualTo(policy);
    HoldTerms terms =
        new HoldTerms(
            List.of(new CandidateCeiling("test", "small", "cheap", amount("0.002"))),
            1_000,
            1_000,
            2,
            heldAt.plusSeconds(120));
    assertThat(held.getTerms()).isEqualTo(terms);
    assertThat(held.getRequestedAt()).isEqualTo(heldAt);
    assertThat(held.getPreferredTier()).isEqualTo("cheap");
    assertThat(held.getDatasource()).isEqualTo("shop");
    assertThat(held.getRequestedDatasource()).isNull();
    assertThat(held.getAdmissionId()).isEqualTo("r-1#1");
    assertThat(held.getContentDigest()).hasSize(64);
    LedgerEvent refused = event(second, Topic.LEDGER, LedgerEvent.class);
    assertThat(refused.getRequestedDatasource()).isEqualTo("crm");
    assertThat(refused.getTerms().getCandidates()).isEqualTo(terms.getCandidates());
    assertThat(refused.getReceipt())
        .isEqualTo(event(second, Topic.REJECTIONS, QueryRejected.class).getReceipt());
    assertThat(refused.getContentDigest()).isNotEqualTo(held.getContentDigest());
  }

  @Test
  void ledgerTopicAloneTellsWhatWasPaidFor() {
    // Given
    audit.apply(policy(1, "1").build());
    audit.ask(request("r-1").build());
    Instant askedAt = audit.now();

    // When
    List<Out> settled =
        generation(
            generated("r-1", "n-1", "SELECT 1")
                .setAttempts(List.of(attempt(1).build(), attempt(2, 300L, 200L)))
                .build());
    List<Out> corrected = answer("r-1", "n-2", "SELECT 1");

    // Then
    LedgerEvent event = event(settled, Topic.LEDGER, LedgerEvent.class);
    assertThat(event.getDispatchNonce()).isEqualTo("n-1");
    assertThat(event.getRequestedAt()).isEqualTo(askedAt);
    assertThat(event.getAttempts())
        .extracting(
            ChargedAttempt::getModel,
            ChargedAttempt::getSent,
            ChargedAttempt::getCost,
            ChargedAttempt::getEstimated)
        .containsExactly(
            tuple("small", true, amount("0.002"), true),
            tuple("small", true, amount("0.0005"), false));
    assertThat(event.getAttempts().getFirst().getUsage()).isNull();
    assertThat(event.getAttempts().getLast().getUsage())
        .isEqualTo(new TokenUsage(300L, 0L, 0L, 200L, 0L));
    assertThat(event(corrected, Topic.LEDGER, LedgerEvent.class).getDispatchNonce())
        .isEqualTo("n-2");
    assertThat(event(corrected, Topic.LEDGER, LedgerEvent.class).getAttempts()).hasSize(1);
  }

  @Test
  void accountsDoNotTouchEachOther() {
    audit.apply(policy(1, "0.004").build());
    audit.apply(policy(1, "0.004").setAccount("other").build());
    audit.ask(request("r-1").build());

    List<Out> out = audit.ask(request("r-1").setAccount("other").build());

    assertThat(only(out, Topic.ADMISSIONS).key()).isEqualTo("other");
    assertThat(event(out, Topic.LEDGER, LedgerEvent.class).getSequence()).isEqualTo(2);
  }

  // ---- small things

  private List<Out> answer(String id, String nonce, String sql) {
    return generation(generated(id, nonce, sql).build());
  }

  private List<Out> generation(SpecificRecord event) {
    return audit.send(Topic.GENERATIONS, "acme", event);
  }

  private static Predicate<Out> on(Topic topic) {
    return record -> record.topic() == topic;
  }

  private static Out only(List<Out> out, Topic topic) {
    List<Out> found = out.stream().filter(on(topic)).toList();
    assertThat(found).as("records on %s", topic).hasSize(1);
    return found.getFirst();
  }

  private static <E extends SpecificRecord> E event(List<Out> out, Topic topic, Class<E> type) {
    SpecificRecord event = only(out, topic).event();
    assertThat(event).isInstanceOf(type);
    return type.cast(event);
  }

  private static QueryAudited audited(List<Out> out) {
    return event(out, Topic.AUDIT, QueryAudited.class);
  }

  private static List<LedgerEventKind> kinds(List<Out> out) {
    return out.stream()
        .filter(on(Topic.LEDGER))
        .map(record -> ((LedgerEvent) record.event()).getKind())
        .toList();
  }

  private static QueryRejected assertRefused(List<Out> out, String reason) {
    QueryRejected rejected = event(out, Topic.REJECTIONS, QueryRejected.class);
    assertThat(rejected.getStage()).isEqualTo(RejectionStage.ADMISSION);
    assertThat(rejected.getReason()).isEqualTo(reason);
    assertThat(audited(out).getReason()).isEqualTo(reason);
    assertThat(out).noneMatch(on(Topic.ADMISSIONS));
    return rejected;
  }

  private static List<LedgerEvent> ledger(List<Out> out) {
    return out.stream()
        .filter(on(Topic.LEDGER))
        .map(record -> (LedgerEvent) record.event())
        .toList();
  }
}
