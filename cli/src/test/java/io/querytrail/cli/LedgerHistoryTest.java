package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.events.AccountPolicy;
import io.querytrail.events.BalanceChange;
import io.querytrail.events.BudgetBalance;
import io.querytrail.events.BudgetKind;
import io.querytrail.events.BudgetPeriod;
import io.querytrail.events.BudgetScope;
import io.querytrail.events.LedgerEvent;
import io.querytrail.events.LedgerEventKind;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LedgerHistoryTest {
  private static final Instant AT = Instant.parse("2026-11-21T10:00:00Z");

  @Test
  void showsTheBalanceAndTheHoldersAfterEachEvent() {
    // Given
    LedgerHistory history = new LedgerHistory();

    // When two requests hold money and one of them settles
    history.add(event(1, LedgerEventKind.HELD, "r-1", "0", "3", "0", "3"), AT);
    history.add(event(2, LedgerEventKind.HELD, "r-2", "0", "3", "0", "6"), AT);
    history.add(event(3, LedgerEventKind.SETTLED, "r-1", "1", "-3", "1", "3"), AT);

    // Then
    assertThat(history.balances()).hasSize(1);
    BudgetBalance balance = history.balances().getFirst();
    assertThat(balance.getSettled()).isEqualByComparingTo("1");
    assertThat(balance.getHeld()).isEqualByComparingTo("3");
    assertThat(balance.getOpenHolds()).isEqualTo(1);
    assertThat(balance.getLedgerSequence()).isEqualTo(3);
    assertThat(history.holders()).containsExactly("r-2");
  }

  @Test
  void countsACorrectionWithoutAHolder() {
    LedgerHistory history = new LedgerHistory();

    history.add(event(1, LedgerEventKind.CORRECTED, "r-1", "2", "0", "5", "0"), AT);

    assertThat(history.balances().getFirst().getSettled()).isEqualByComparingTo("5");
    assertThat(history.holders()).isEmpty();
  }

  @Test
  void knowsWhenThePeriodEndsAndWhichAlertsWereRaised() {
    LedgerHistory history = new LedgerHistory();
    history.add(event(1, LedgerEventKind.SETTLED, "r-1", "9", "0", "9", "0"), AT);
    LedgerEvent alert = event(2, LedgerEventKind.THRESHOLD_REACHED, "r-1", "0", "0", "9", "0");
    alert = LedgerEvent.newBuilder(alert).setReason("[50, 90]").build();

    history.add(alert, AT);

    assertThat(history.balances())
        .singleElement()
        .satisfies(balance -> {
          assertThat(balance.getAlerted()).containsExactly(50, 90);
          assertThat(balance.getPeriodEnd()).isEqualTo(Instant.parse("2026-12-01T00:00:00Z"));
          assertThat(balance.getSettled()).isEqualByComparingTo("9");
        });
  }

  @Test
  void leavesOutABudgetThatThePolicyDropped() {
    LedgerHistory history = new LedgerHistory();
    LedgerEvent held = event(1, LedgerEventKind.HELD, "r-1", "0", "3", "0", "3");
    history.add(held, AT);
    AccountPolicy policy =
        AccountPolicy.newBuilder()
            .setAccount("acme")
            .setVersion(2)
            .setBudgets(List.of())
            .setModels(List.of())
            .setDatasources(List.of())
            .build();

    history.add(
        LedgerEvent.newBuilder(event(2, LedgerEventKind.POLICY_APPLIED, "r-1", "0", "0", "0", "3"))
            .setRequestId(null)
            .setPolicy(policy)
            .build(),
        AT);

    assertThat(history.balances()).isEmpty();
    assertThat(history.holders()).containsExactly("r-1");
  }

  @Test
  void namesTheHoldersOfEachBudget() {
    LedgerHistory history = new LedgerHistory();
    history.add(event(1, LedgerEventKind.HELD, "r-2", "0", "3", "0", "3"), AT);
    history.add(event(2, LedgerEventKind.HELD, "r-1", "0", "3", "0", "6"), AT);

    assertThat(history.holdersByBudget())
        .containsExactly(Map.entry("account acme in 2026-11", List.of("r-1", "r-2")));
  }

  private static LedgerEvent event(
      long sequence,
      LedgerEventKind kind,
      String request,
      String settledDelta,
      String heldDelta,
      String settled,
      String held) {
    return LedgerEvent.newBuilder()
        .setAccount("acme")
        .setSequence(sequence)
        .setKind(kind)
        .setRequestId(request)
        .setAmount(amount("0"))
        .setCurrency("USD")
        .setPolicyVersion(1)
        .setOccurredAt(AT)
        .setChanges(
            List.of(
                new BalanceChange(
                    BudgetScope.ACCOUNT,
                    "acme",
                    BudgetPeriod.MONTH,
                    "2026-11",
                    amount("10"),
                    amount(settledDelta),
                    amount(heldDelta),
                    amount(settled),
                    amount(held),
                    BudgetKind.HARD,
                    amount("0"),
                    amount("0"))))
        .build();
  }

  private static BigDecimal amount(String text) {
    return new BigDecimal(text).setScale(12);
  }
}
