package io.querytrail.audit;

import io.querytrail.events.AccountPolicy;
import io.querytrail.events.AttemptPurpose;
import io.querytrail.events.Budget;
import io.querytrail.events.BudgetKind;
import io.querytrail.events.BudgetPeriod;
import io.querytrail.events.BudgetScope;
import io.querytrail.events.ColumnShown;
import io.querytrail.events.DatasourcePolicy;
import io.querytrail.events.GenerationFailed;
import io.querytrail.events.GenerationInterrupted;
import io.querytrail.events.ModelAttempt;
import io.querytrail.events.ModelCandidate;
import io.querytrail.events.QueryGenerated;
import io.querytrail.events.QueryRequested;
import io.querytrail.events.RelationShown;
import io.querytrail.events.TokenUsage;
import java.math.BigDecimal;
import java.util.List;

/** Events as producers, operators and the generator write them. */
final class SampleEvents {
  private SampleEvents() {}

  /** 1,000 tokens in and as many out, twice: a hold of 0.004. */
  static AccountPolicy.Builder policy(long version, String limit) {
    return AccountPolicy.newBuilder()
        .setAccount("acme")
        .setVersion(version)
        .setBudgets(List.of(budget(limit)))
        .setModels(List.of(new ModelCandidate("test", "small", "cheap")))
        .setMaxInputTokens(1_000)
        .setMaxOutputTokens(1_000)
        .setMaxSends(2)
        .setDatasources(List.of(datasource("shop", 100), datasource("crm", 50)));
  }

  static Budget budget(String limit) {
    return Budget.newBuilder()
        .setScope(BudgetScope.ACCOUNT)
        .setPeriod(BudgetPeriod.MONTH)
        .setLimit(amount(limit))
        .setKind(BudgetKind.HARD)
        .setThresholds(List.of(90, 100))
        .build();
  }

  static DatasourcePolicy datasource(String name, int rowCap) {
    return DatasourcePolicy.newBuilder()
        .setName(name)
        .setSchemas(List.of("public"))
        .setRowCap(rowCap)
        .build();
  }

  static QueryRequested.Builder request(String id) {
    return QueryRequested.newBuilder()
        .setRequestId(id)
        .setAccount("acme")
        .setUser("ada")
        .setTeam("sales")
        .setQuestion("How many orders came in yesterday?");
  }

  static QueryGenerated.Builder generated(String id, String nonce, String sql) {
    return QueryGenerated.newBuilder()
        .setRequestId(id)
        .setAccount("acme")
        .setAdmissionId(id + "#1")
        .setDispatchNonce(nonce)
        .setSql(sql)
        .setExplanation("Counts orders.")
        .setProvider("test")
        .setModel("small")
        .setAttempts(List.of(attempt(1, 300L, 200L)))
        .setRelations(
            List.of(
                new RelationShown("public", "orders", List.of(new ColumnShown("id", "bigint")))))
        .setSchemaFingerprint("f1")
        .setPromptVersion("v1")
        .setQueueMillis(1)
        .setSchemaMillis(2)
        .setModelMillis(3)
        .setExplainMillis(4);
  }

  static GenerationFailed.Builder failed(String id, String nonce) {
    return GenerationFailed.newBuilder()
        .setRequestId(id)
        .setAccount("acme")
        .setAdmissionId(id + "#1")
        .setDispatchNonce(nonce)
        .setErrorType("not_json")
        .setMessage("the model answered in prose")
        .setAttempts(List.of(attempt(1, 300L, 200L)));
  }

  static GenerationInterrupted interrupted(String id) {
    return GenerationInterrupted.newBuilder()
        .setRequestId(id)
        .setAccount("acme")
        .setAdmissionId(id + "#1")
        .setReason("reassigned")
        .build();
  }

  static ModelAttempt attempt(int number, Long input, Long output) {
    return attempt(number)
        .setUsage(TokenUsage.newBuilder().setInputTokens(input).setOutputTokens(output).build())
        .build();
  }

  static ModelAttempt.Builder attempt(int number) {
    return ModelAttempt.newBuilder()
        .setNumber(number)
        .setProvider("test")
        .setModel("small")
        .setPurpose(AttemptPurpose.GENERATE)
        .setSent(true)
        .setStartedAt(AuditDriver.START)
        .setLatencyMillis(250);
  }

  static BigDecimal amount(String text) {
    return new BigDecimal(text).setScale(12);
  }
}
