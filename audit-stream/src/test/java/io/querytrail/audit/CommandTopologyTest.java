package io.querytrail.audit;

import static io.querytrail.audit.SampleEvents.amount;
import static io.querytrail.audit.SampleEvents.generated;
import static io.querytrail.audit.SampleEvents.policy;
import static io.querytrail.audit.SampleEvents.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.audit.AuditDriver.Out;
import io.querytrail.events.AdjustBudget;
import io.querytrail.events.BudgetAdjusted;
import io.querytrail.events.BudgetAlert;
import io.querytrail.events.BudgetBalance;
import io.querytrail.events.BudgetPeriod;
import io.querytrail.events.BudgetScope;
import io.querytrail.events.CancelRequest;
import io.querytrail.events.LedgerEvent;
import io.querytrail.events.LedgerEventKind;
import io.querytrail.events.QueryAudited;
import io.querytrail.events.QueryCorrected;
import io.querytrail.events.QueryRejected;
import io.querytrail.events.ResetBudget;
import io.querytrail.schemas.Topic;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandTopologyTest {
  @TempDir Path stateDir;
  private AuditDriver audit;

  @BeforeEach
  void start() {
    audit = new AuditDriver(stateDir);
    audit.apply(policy(1, "1").build());
  }

  @AfterEach
  void stop() {
    audit.close();
  }

  @Test
  void postingIsALedgerFactABalanceAndASealedRecord() {
    List<Out> out = order(adjust("c-1", "0.25").build());

    LedgerEvent fact = event(out, Topic.LEDGER, LedgerEvent.class);
    assertThat(fact.getKind()).isEqualTo(LedgerEventKind.ADJUSTED);
    assertThat(fact.getSequence()).isEqualTo(2);
    assertThat(fact.getCommandId()).isEqualTo("c-1");
    assertThat(fact.getRequestedBy()).isEqualTo("ann");
    assertThat(fact.getReason()).isEqualTo("invoice 7");
    assertThat(fact.getAmount()).isEqualTo(amount("0.25"));
    assertThat(fact.getChanges().getFirst().getAdjusted()).isEqualTo(amount("0.25"));
    assertThat(event(out, Topic.BALANCES, BudgetBalance.class))
        .satisfies(balance -> {
          assertThat(balance.getSettled()).isEqualTo(amount("0.25"));
          assertThat(balance.getAdjusted()).isEqualTo(amount("0.25"));
        });
    BudgetAdjusted sealed = event(out, Topic.AUDIT, BudgetAdjusted.class);
    assertThat(sealed.getChainSequence()).isEqualTo(1);
    assertThat(sealed.getChainHash()).hasSize(64);
    assertThat(sealed.getSettled()).isEqualTo(amount("0.25"));
    assertThat(sealed.getReason()).isEqualTo("invoice 7");
    assertThat(sealed.getReset()).isFalse();
    assertThat(out).hasSize(3);
  }

  @Test
  void postingStandsInTheChainBetweenVerdicts() {
    audit.ask(request("r-1").setQuestion("").build());

    BudgetAdjusted posted =
        event(order(adjust("c-1", "0.1").build()), Topic.AUDIT, BudgetAdjusted.class);

    assertThat(posted.getChainSequence()).isEqualTo(2);
  }

  @Test
  void commandThatIsSentTwiceIsDoneOnce() {
    order(adjust("c-1", "0.25").build());

    List<Out> again = order(adjust("c-1", "0.25").build());

    assertThat(again).isEmpty();
    assertThat(audit.count("querytrail.commands", "kind", "AdjustBudget", "outcome", "repeated"))
        .isEqualTo(1);
  }

  @Test
  void commandThatCannotBeDoneIsAnsweredWithTheReasonAndSealsNothing() {
    List<Out> out = order(adjust("c-1", "-0.25").build());

    LedgerEvent refused = event(out, Topic.LEDGER, LedgerEvent.class);
    assertThat(refused.getKind()).isEqualTo(LedgerEventKind.COMMAND_REFUSED);
    assertThat(refused.getCommandId()).isEqualTo("c-1");
    assertThat(refused.getReason()).contains("less than nothing");
    assertThat(out).hasSize(1);
  }

  @Test
  void commandMustHaveAReasonANameAndAKnownBudget() {
    assertThat(reason(order(adjust("c-1", "1").setReason(" ").build()))).contains("a reason");
    assertThat(reason(order(adjust("c-2", "1").setRequestedBy("").build()))).contains("a name");
    assertThat(reason(order(adjust("c-3", "1").setScope(BudgetScope.UNKNOWN).build())))
        .contains("a budget has")
        .contains("scope");
    assertThat(reason(order(adjust("c-4", "1").setPeriod(BudgetPeriod.UNKNOWN).build())))
        .contains("not known here");
  }

  @Test
  void commandWithAnUnusableIdOrKeyIsSetAside() {
    assertThat(order(adjust("no spaces", "1").build()))
        .singleElement()
        .satisfies(dead -> {
          assertThat(dead.topic()).isEqualTo(Topic.DEAD_LETTERS);
          assertThat(dead.header("querytrail.dlq.error.class")).isEqualTo("INVALID_COMMAND_ID");
        });
    assertThat(audit.send(Topic.COMMANDS, "other", adjust("c-1", "1").build()))
        .singleElement()
        .satisfies(dead -> assertThat(dead.topic()).isEqualTo(Topic.DEAD_LETTERS));
    assertThat(audit.send(Topic.COMMANDS, "acme", request("r-1").build()))
        .singleElement()
        .satisfies(dead -> assertThat(dead.topic()).isEqualTo(Topic.DEAD_LETTERS));
  }

  @Test
  void resetIsAFactOfItsOwnAndLetsRequestsInAgain() {
    audit.apply(policy(2, "0.005").build());
    audit.ask(request("r-1").build());
    audit.send(
        Topic.GENERATIONS,
        "acme",
        generated("r-1", "n-1", "SELECT 1")
            .setAttempts(List.of(SampleEvents.attempt(1, 2_000L, 0L)))
            .build());
    assertThat(topics(audit.ask(request("r-2").build()))).contains(Topic.REJECTIONS);

    List<Out> out = order(reset("c-1"));

    assertThat(event(out, Topic.LEDGER, LedgerEvent.class).getKind())
        .isEqualTo(LedgerEventKind.RESET);
    assertThat(event(out, Topic.AUDIT, BudgetAdjusted.class).getReset()).isTrue();
    assertThat(event(out, Topic.BALANCES, BudgetBalance.class).getSettled()).isEqualTo(amount("0"));
    assertThat(topics(audit.ask(request("r-3").build()))).contains(Topic.ADMISSIONS);
  }

  @Test
  void postingThatReachesAThresholdRaisesItsAlert() {
    List<Out> out = order(adjust("c-1", "0.95").build());

    assertThat(event(out, Topic.ALERTS, BudgetAlert.class))
        .satisfies(alert -> {
          assertThat(alert.getThresholdPercent()).isEqualTo(90);
          assertThat(alert.getRequestId()).isNull();
        });
  }

  @Test
  void cancelledRequestIsRejectedAndChargedUntilItsReportComes() {
    audit.ask(request("r-1").build());

    List<Out> out = order(cancel("c-1", "r-1"));

    QueryRejected rejected = event(out, Topic.REJECTIONS, QueryRejected.class);
    assertThat(rejected.getReason()).isEqualTo("CANCELLED");
    assertThat(rejected.getMessage()).contains("ann: asked by mistake");
    assertThat(rejected.getCost()).isEqualTo(amount("0.004"));
    LedgerEvent fact = event(out, Topic.LEDGER, LedgerEvent.class);
    assertThat(fact.getKind()).isEqualTo(LedgerEventKind.CANCELLED);
    assertThat(fact.getCommandId()).isEqualTo("c-1");
    assertThat(event(out, Topic.BALANCES, BudgetBalance.class))
        .satisfies(balance -> {
          assertThat(balance.getHeld()).isEqualTo(amount("0"));
          assertThat(balance.getSettled()).isEqualTo(amount("0.004"));
        });
    assertThat(event(out, Topic.AUDIT, QueryAudited.class).getReason()).isEqualTo("CANCELLED");

    List<Out> late =
        audit.send(Topic.GENERATIONS, "acme", generated("r-1", "n-1", "SELECT 1").build());

    assertThat(topics(late)).doesNotContain(Topic.APPROVALS);
    assertThat(event(late, Topic.AUDIT, QueryCorrected.class).getDelta())
        .isEqualTo(amount("-0.0035"));
    assertThat(event(late, Topic.BALANCES, BudgetBalance.class).getSettled())
        .isEqualTo(amount("0.0005"));
  }

  @Test
  void onlyARequestThatWaitsCanBeCancelled() {
    audit.ask(request("r-1").build());
    audit.send(Topic.GENERATIONS, "acme", generated("r-1", "n-1", "SELECT 1").build());

    assertThat(reason(order(cancel("c-1", "r-1")))).contains("has its verdict");
    assertThat(reason(order(cancel("c-2", "r-9")))).contains("is not known");
    audit.ask(request("r-2").build());
    order(cancel("c-3", "r-2"));
    assertThat(order(cancel("c-3", "r-2"))).isEmpty();
    assertThat(reason(order(cancel("c-4", "r-2")))).contains("has its verdict");
  }

  // ---- small things

  private static CancelRequest cancel(String id, String request) {
    return CancelRequest.newBuilder()
        .setCommandId(id)
        .setAccount("acme")
        .setRequestId(request)
        .setReason("asked by mistake")
        .setRequestedBy("ann")
        .build();
  }

  private static AdjustBudget.Builder adjust(String id, String amount) {
    return AdjustBudget.newBuilder()
        .setCommandId(id)
        .setAccount("acme")
        .setScope(BudgetScope.ACCOUNT)
        .setScopeKey("acme")
        .setPeriod(BudgetPeriod.MONTH)
        .setAmount(amount(amount))
        .setReason("invoice 7")
        .setRequestedBy("ann");
  }

  private static ResetBudget reset(String id) {
    return ResetBudget.newBuilder()
        .setCommandId(id)
        .setAccount("acme")
        .setScope(BudgetScope.ACCOUNT)
        .setScopeKey("acme")
        .setPeriod(BudgetPeriod.MONTH)
        .setReason("a new contract")
        .setRequestedBy("ann")
        .build();
  }

  private List<Out> order(SpecificRecord command) {
    return audit.send(Topic.COMMANDS, "acme", command);
  }

  private static List<Topic> topics(List<Out> out) {
    return out.stream().map(Out::topic).toList();
  }

  private static String reason(List<Out> out) {
    return event(out, Topic.LEDGER, LedgerEvent.class).getReason();
  }

  private static <E extends SpecificRecord> E event(List<Out> out, Topic topic, Class<E> type) {
    List<Out> found = out.stream().filter(record -> record.topic() == topic).toList();
    assertThat(found).as("records on %s", topic).hasSize(1);
    return type.cast(found.getFirst().event());
  }
}
