package io.querytrail.audit.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.money.PriceTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Random histories of several accounts, checked after every fact against a second bookkeeping: the
 * long form is {@code make property-ledger}. A failure prints its seed and the shortest history
 * that still fails; run that seed again with {@code -Dquerytrail.seed=N}.
 */
class LedgerPropertyTest {
  private static final int LENGTH = 20_000;
  private static final int STEPS = Integer.getInteger("querytrail.steps", 200_000);

  /** Clocks change, months and a year end, within weeks after these. */
  private static final List<Instant> STARTS =
      List.of(
          Instant.parse("2026-03-01T00:00:00Z"),
          Instant.parse("2026-10-10T00:00:00Z"),
          Instant.parse("2026-12-20T00:00:00Z"),
          Instant.parse("2026-03-26T00:00:00Z"));

  /** What every long run must have seen, or it proves little. */
  private static final List<String> MUST_HAPPEN =
      List.of(
          "Admitted",
          "Refused",
          "Repeated",
          "Conflicting",
          "Settled",
          "Noted",
          "Corrected",
          "Readmitted",
          "Ended",
          "Ignored",
          "Unknown",
          "Breached",
          "Alerted",
          "BUDGET_EXCEEDED",
          "ACCOUNT_PAUSED",
          "TOO_MANY_REQUESTS",
          "TOO_MANY_TOKENS",
          "TOO_MANY_IN_FLIGHT",
          "PolicyTaken",
          "PolicyRefused",
          "OrderAdjusted",
          "OrderRefused",
          "OrderRepeated",
          "OrderCancelled",
          "OrderReset",
          "UNPRICED_MODEL",
          "NO_MODEL_IN_TIER",
          "PricesApplied",
          "OwnPrice",
          "RolledOver",
          "MonthEnded",
          "ClocksChanged");

  @Test
  void noBudgetIsOverspentAndNoMoneyIsLostWhateverHappens() {
    long first = Long.getLong("querytrail.seed", System.nanoTime());
    int histories = System.getProperty("querytrail.seed") == null ? Math.max(1, STEPS / LENGTH) : 1;
    Map<String, Integer> happened = new TreeMap<>();
    for (long seed = first; seed < first + histories; seed++) {
      run(seed).forEach((what, count) -> happened.merge(what, count, Integer::sum));
    }
    System.out.printf(
        "%,d random ledger commands from seed %d: %s%n",
        (long) histories * LENGTH, first, happened);
    assertThat(happened).containsKeys(MUST_HAPPEN.toArray(String[]::new));
  }

  @Test
  void sameStepsGiveTheSameState() {
    List<LedgerStep> steps = new ArrayList<>();
    MapLedgerState first = new MapLedgerState();
    MapLedgerState second = new MapLedgerState();
    LedgerSteps made = new LedgerSteps(1);
    LedgerWorld world = new LedgerWorld(first, STARTS.getFirst(), made::admitted);
    for (int i = 0; i < 5_000; i++) {
      steps.add(made.next());
      world.run(steps.getLast());
    }

    LedgerWorld again = new LedgerWorld(second, STARTS.getFirst(), (account, id, number) -> {});
    steps.forEach(again::run);

    assertThat(second).isEqualTo(first);
  }

  @Test
  void ledgerThatForgetsAHoldIsFoundOutWithinTheShortestHistory() {
    // Given a state in which a second hold of the same budget does not count
    List<LedgerStep> steps = new ArrayList<>();
    LedgerSteps made = new LedgerSteps(7);
    LedgerWorld world =
        new LedgerWorld(new Forgetful(new MapLedgerState()), STARTS.getFirst(), made::admitted);
    assertThat(
            failure(() -> {
              for (int i = 0; i < LENGTH; i++) {
                steps.add(made.next());
                world.run(steps.getLast());
              }
            }))
        .as("it is found out")
        .isPresent();

    // When
    List<LedgerStep> shortest =
        Shrinker.shrink(steps, shorter -> failure(() -> replayForgetful(shorter)).isPresent());

    // Then a policy and two requests do it
    assertThat(shortest).hasSize(3);
    assertThat(shortest.getFirst()).isInstanceOf(LedgerStep.ChangePolicy.class);
    assertThat(shortest.subList(1, 3)).allMatch(LedgerStep.Ask.class::isInstance);
  }

  private static void replayForgetful(List<LedgerStep> steps) {
    LedgerWorld world =
        new LedgerWorld(
            new Forgetful(new MapLedgerState()), STARTS.getFirst(), (account, id, number) -> {});
    steps.forEach(world::run);
  }

  private static Map<String, Integer> run(long seed) {
    Instant start = STARTS.get((int) Math.floorMod(seed, (long) STARTS.size()));
    LedgerSteps made = new LedgerSteps(seed);
    MapLedgerState state = new MapLedgerState();
    LedgerWorld world = new LedgerWorld(state, start, made::admitted);
    List<LedgerStep> steps = new ArrayList<>(LENGTH);
    try {
      for (int i = 0; i < LENGTH; i++) {
        steps.add(made.next());
        world.run(steps.getLast());
      }
      world.checkWhole(state);
      return world.happened();
    } catch (RuntimeException | AssertionError e) {
      List<LedgerStep> shortest =
          Shrinker.shrink(steps, shorter -> failure(() -> replay(shorter, start)).isPresent());
      StringBuilder story = new StringBuilder("-Dquerytrail.seed=" + seed + " fails; shortest:");
      shortest.forEach(step -> story.append("\n  ").append(step));
      throw new AssertionError(story.toString(), failure(() -> replay(shortest, start)).orElse(e));
    }
  }

  private static void replay(List<LedgerStep> steps, Instant start) {
    MapLedgerState state = new MapLedgerState();
    LedgerWorld world = new LedgerWorld(state, start, (account, id, number) -> {});
    steps.forEach(world::run);
    world.checkWhole(state);
  }

  private static Optional<Throwable> failure(Runnable action) {
    try {
      action.run();
      return Optional.empty();
    } catch (RuntimeException | AssertionError e) {
      return Optional.of(e);
    }
  }

  /** Loses the second hold of every budget. */
  private record Forgetful(MapLedgerState state) implements PricedState {
    @Override
    public void put(Balance balance) {
      state.put(
          balance.openHolds() == 2
              ? balance.changed(Money.ZERO, balance.held().negated(), 0)
              : balance);
    }

    @Override
    public void apply(PriceTable table) {
      state.apply(table);
    }

    @Override
    public AccountState account(AccountId account) {
      return state.account(account);
    }

    @Override
    public Optional<Balance> balance(BudgetKey key) {
      return state.balance(key);
    }

    @Override
    public Optional<RequestState> request(AccountId account, RequestId id) {
      return state.request(account, id);
    }

    @Override
    public List<Balance> balances(AccountId account, Period.Kind kind, String periodName) {
      return state.balances(account, kind, periodName);
    }

    @Override
    public boolean answered(AccountId account, String commandId) {
      return state.answered(account, commandId);
    }

    @Override
    public Optional<RateWindow> window(RateKey key) {
      return state.window(key);
    }

    @Override
    public void put(AccountState account) {
      state.put(account);
    }

    @Override
    public void put(RequestState request) {
      state.put(request);
    }

    @Override
    public void put(Order answered) {
      state.put(answered);
    }

    @Override
    public void put(RateWindow window) {
      state.put(window);
    }

    @Override
    public PriceBook appliedPrices() {
      return state.appliedPrices();
    }

    @Override
    public Optional<ModelPrice> usedPrice(String version, String provider, String model) {
      return state.usedPrice(version, provider, model);
    }

    @Override
    public void put(UsedPrice price) {
      state.put(price);
    }
  }
}
