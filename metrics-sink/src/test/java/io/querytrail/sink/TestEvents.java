package io.querytrail.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.events.AttemptPurpose;
import io.querytrail.events.BudgetAdjusted;
import io.querytrail.events.BudgetAlert;
import io.querytrail.events.BudgetPeriod;
import io.querytrail.events.BudgetScope;
import io.querytrail.events.ExecutionStatus;
import io.querytrail.events.ModelAttempt;
import io.querytrail.events.PricedAttempt;
import io.querytrail.events.QueryAudited;
import io.querytrail.events.QueryCorrected;
import io.querytrail.events.QueryExecuted;
import io.querytrail.events.RejectionStage;
import io.querytrail.events.TokenUsage;
import io.querytrail.events.Verdict;
import io.querytrail.schemas.EventDeserializer;
import io.querytrail.schemas.Topic;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/** Events as the pipeline writes them; tests change what they are about. */
public final class TestEvents {
  private static final byte[] UNKNOWN_SCHEMA = {(byte) 0xC3, 1, 0, 0, 0, 0, 0, 0, 0, 0};

  /** Within a month that has a partition from the start. */
  public static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MILLIS);

  static {
    // Avro's builders fill in defaults only of classes it was told to trust, and the serdes tell it
    // when they first look up a schema.
    try {
      new EventDeserializer().deserialize(Topic.AUDIT.topicName(), UNKNOWN_SCHEMA);
    } catch (SerializationException e) {
      assertThat(e).hasMessageContaining("no released schema");
    }
  }

  private TestEvents() {}

  public static BigDecimal money(String amount) {
    return new BigDecimal(amount).setScale(12);
  }

  public static QueryAudited.Builder approved(
      String account, String requestId, PricedAttempt... attempts) {
    return QueryAudited.newBuilder()
        .setRequestId(requestId)
        .setAccount(account)
        .setUser("ann")
        .setTeam("sales")
        .setDatasource("shop")
        .setQuestion("How many orders last week?")
        .setVerdict(Verdict.APPROVED)
        .setGeneratedSql("SELECT count(*) FROM orders")
        .setApprovedSql("SELECT count(*) FROM shop.orders LIMIT 1000")
        .setRelations(List.of("shop.orders"))
        .setRowCap(1000)
        .setProvider("openai")
        .setModel("gpt-4o-mini")
        .setAttempts(Arrays.asList(attempts))
        .setCost(
            Arrays.stream(attempts).map(PricedAttempt::getCost).reduce(money("0"), BigDecimal::add))
        .setCurrency("USD")
        .setPriceVersion("2026-11-01")
        .setPolicyVersion(7L)
        .setRequestedAt(NOW)
        .setRequestPartition(1)
        .setRequestOffset(42)
        .setDecidedAt(NOW.plusMillis(250))
        .setChainSequence(1)
        .setChainKeyId("k1")
        .setChainHash("00ff");
  }

  /** Refused before any model was asked. */
  public static QueryAudited.Builder refused(String account, String requestId) {
    return approved(account, requestId)
        .setVerdict(Verdict.REJECTED)
        .setStage(RejectionStage.ADMISSION)
        .setReason("BUDGET_EXCEEDED")
        .setMessage("The month's budget is used up")
        .setGeneratedSql(null)
        .setApprovedSql(null)
        .setRelations(List.of())
        .setRowCap(null)
        .setProvider(null)
        .setModel(null);
  }

  public static PricedAttempt attempt(int number, String model, String cost) {
    return attempt(number, model, cost, 100L, 20L);
  }

  public static PricedAttempt attempt(
      int number, String model, String cost, @Nullable Long input, @Nullable Long output) {
    return PricedAttempt.newBuilder()
        .setAttempt(
            ModelAttempt.newBuilder()
                .setNumber(number)
                .setProvider("openai")
                .setModel(model)
                .setResponseModel(model + "-2026")
                .setPurpose(AttemptPurpose.GENERATE)
                .setSent(true)
                .setStartedAt(NOW.plusMillis(5))
                .setLatencyMillis(200)
                .setUsage(
                    TokenUsage.newBuilder().setInputTokens(input).setOutputTokens(output).build())
                .build())
        .setCost(money(cost))
        .build();
  }

  public static QueryCorrected.Builder corrected(
      QueryAudited audited, String delta, PricedAttempt... attempts) {
    return QueryCorrected.newBuilder()
        .setRequestId(audited.getRequestId())
        .setAccount(audited.getAccount())
        .setUser(audited.getUser())
        .setTeam(audited.getTeam())
        .setDatasource(audited.getDatasource())
        .setReason("LATE_ANSWER")
        .setAttempts(Arrays.asList(attempts))
        .setDelta(money(delta))
        .setCurrency("USD")
        .setPriceVersion("2026-11-01")
        .setRequestedAt(audited.getRequestedAt())
        .setCorrectedAt(audited.getRequestedAt().plusSeconds(60))
        .setChainSequence(audited.getChainSequence() + 1)
        .setChainKeyId("k1")
        .setChainHash("0100");
  }

  public static QueryExecuted.Builder executed(
      QueryAudited audited, String executionId, long millis) {
    return QueryExecuted.newBuilder()
        .setRequestId(audited.getRequestId())
        .setAccount(audited.getAccount())
        .setExecutionId(executionId)
        .setStatus(ExecutionStatus.SUCCEEDED)
        .setExecutionTimeMillis(millis)
        .setRows(3L)
        .setExecutedAt(audited.getRequestedAt().plusSeconds(1))
        .setRequestedAt(audited.getRequestedAt())
        .setExecutor("test");
  }

  /** What a person posted to a budget. */
  public static BudgetAdjusted.Builder adjusted(String account, String commandId) {
    return BudgetAdjusted.newBuilder()
        .setAccount(account)
        .setCommandId(commandId)
        .setScope(BudgetScope.USER)
        .setScopeKey("ada")
        .setPeriod(BudgetPeriod.MONTH)
        .setPeriodName("2026-11")
        .setAmount(money("-1.5"))
        .setSettled(money("3"))
        .setCurrency("USD")
        .setReason("credit note 7")
        .setRequestedBy("ann")
        .setAdjustedAt(NOW)
        .setChainSequence(4)
        .setChainKeyId("chain-1")
        .setChainHash("abc");
  }

  public static BudgetAlert.Builder alert(String account, String alertId) {
    return BudgetAlert.newBuilder()
        .setAlertId(alertId)
        .setAccount(account)
        .setScope(BudgetScope.ACCOUNT)
        .setScopeKey(account)
        .setPeriod(BudgetPeriod.MONTH)
        .setPeriodName("2026-11")
        .setThresholdPercent(90)
        .setCurrency("USD")
        .setLimit(money("10"))
        .setSettled(money("9"))
        .setHeld(money("0.5"))
        .setRequestId("r1")
        .setPolicyVersion(7)
        .setRaisedAt(NOW);
  }
}
