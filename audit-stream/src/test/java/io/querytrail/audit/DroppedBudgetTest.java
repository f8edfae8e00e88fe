package io.querytrail.audit;

import static io.querytrail.audit.SampleEvents.amount;
import static io.querytrail.audit.SampleEvents.budget;
import static io.querytrail.audit.SampleEvents.generated;
import static io.querytrail.audit.SampleEvents.policy;
import static io.querytrail.audit.SampleEvents.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.audit.AuditDriver.Out;
import io.querytrail.events.AccountPolicy;
import io.querytrail.events.Budget;
import io.querytrail.events.BudgetBalance;
import io.querytrail.events.BudgetPeriod;
import io.querytrail.events.BudgetScope;
import io.querytrail.schemas.Topic;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A policy without a budget that the one before it had. */
class DroppedBudgetTest {
  private static final String OF_ADA = "acme|USER|ada|2026-11-21";

  @TempDir Path stateDir;
  private AuditDriver audit;

  @BeforeEach
  void start() {
    audit = new AuditDriver(stateDir);
    audit.apply(both(1));
    audit.ask(request("r-1").build());
    answer("r-1");
    audit.ask(request("r-2").build());
  }

  @AfterEach
  void stop() {
    audit.close();
  }

  @Test
  void rowOfADroppedBudgetEndsAndStaysEnded() {
    List<Out> dropped = audit.apply(policy(2, "1").build());
    List<Out> settled = answer("r-2");

    assertThat(balances(dropped)).singleElement().satisfies(DroppedBudgetTest::isDeletion);
    assertThat(balances(settled)).filteredOn(out -> out.key().equals(OF_ADA)).hasSize(1);
    assertThat(balances(settled))
        .filteredOn(out -> out.key().equals(OF_ADA))
        .allSatisfy(DroppedBudgetTest::isDeletion);
    assertThat(balances(audit.apply(policy(3, "1").build()))).as("once").isEmpty();
  }

  @Test
  void budgetThatComesBackKnowsWhatWasSpentInIt() {
    audit.apply(policy(2, "1").build());
    answer("r-2");

    List<Out> back = audit.apply(both(3));

    assertThat(balances(back))
        .singleElement()
        .satisfies(out -> {
          BudgetBalance balance = (BudgetBalance) out.event();
          assertThat(out.key()).isEqualTo(OF_ADA);
          assertThat(balance.getSettled()).isEqualTo(amount("0.001"));
          assertThat(balance.getHeld()).isEqualTo(amount("0"));
        });
  }

  private static AccountPolicy both(long version) {
    Budget daily =
        Budget.newBuilder(budget("1"))
            .setScope(BudgetScope.USER)
            .setPeriod(BudgetPeriod.DAY)
            .build();
    return policy(version, "1").setBudgets(List.of(budget("1"), daily)).build();
  }

  private List<Out> answer(String id) {
    return audit.send(Topic.GENERATIONS, "acme", generated(id, "n-" + id, "SELECT 1").build());
  }

  private static List<Out> balances(List<Out> out) {
    return out.stream().filter(record -> record.topic() == Topic.BALANCES).toList();
  }

  private static void isDeletion(Out out) {
    assertThat(out.key()).isEqualTo(OF_ADA);
    assertThat(out.value()).isNull();
  }
}
