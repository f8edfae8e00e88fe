package io.querytrail.audit.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.audit.ledger.Period.Kind;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.TokenCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Random histories of several accounts, checked after every fact against a second bookkeeping. Run
 * one again with {@code -Dquerytrail.seed=N}.
 */
class LedgerPropertyTest {
  private static final int HISTORIES = 8;
  private static final int COMMANDS = 25_000;

  @Test
  void noBudgetIsOverspentAndNoMoneyIsLostWhateverHappens() {
    long first = Long.getLong("querytrail.seed", System.nanoTime());
    int histories = System.getProperty("querytrail.seed") == null ? HISTORIES : 1;
    for (long seed = first; seed < first + histories; seed++) {
      try {
        new History(seed).run();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("run again with -Dquerytrail.seed=" + seed, e);
      }
    }
  }

  private static final class History {
    private final Random random;
    private final BudgetLedger ledger = new BudgetLedger(Ledgers.prices());
    private final MapLedgerState state = new MapLedgerState();
    private final MapLedgerState replica = new MapLedgerState();
    private final Map<AccountId, Long> sequences = new HashMap<>();
    private final Map<BudgetKey, Money> held = new HashMap<>();
    private final Map<BudgetKey, Money> settled = new HashMap<>();
    private final Map<BudgetKey, Set<Integer>> alerts = new HashMap<>();
    private final List<Request> asked = new ArrayList<>();
    private final List<Request> open = new ArrayList<>();
    private final Set<RequestId> assumed = new HashSet<>();
    private int orders;
    private final Map<RequestId, String> lastNonce = new HashMap<>();
    private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    private Instant now = Instant.parse("2026-11-28T00:00:00Z");

    private enum Outcome {
      ADMITTED,
      REFUSED,
      REPEATED,
      CONFLICTING,
      SETTLED,
      CORRECTED,
      BREACHED,
      ALERTED,
      POSTED,
      RESET,
      ORDER_REFUSED,
      CANCELLED,
      CARRIED,
      POLICY_TAKEN,
      POLICY_REFUSED
    }

    History(long seed) {
      this.random = new Random(seed);
    }

    void run() {
      for (int i = 0; i < COMMANDS; i++) {
        now = now.plus(Duration.ofSeconds(random.nextInt(600)));
        switch (random.nextInt(23)) {
          case 0 -> changePolicy();
          case 1 -> askAgain();
          case 2 -> settle(any(asked), true);
          case 3 -> settle(any(asked), false);
          case 4, 5, 6, 7, 8, 9, 10 -> settle(any(open), true);
          case 20 -> post(Optional.of(Money.of("0.01").times(random.nextInt(41) - 20)));
          case 21 -> post(Optional.empty());
          case 22 -> cancel();
          default -> ask();
        }
      }
      checkWhole();
    }

    // ---- commands

    private void ask() {
      Request request =
          Ledgers.request(
              new AccountId("account-" + random.nextInt(5)),
              "r-" + asked.size(),
              "user-" + random.nextInt(3),
              random.nextBoolean() ? Optional.of("team-" + random.nextInt(2)) : Optional.empty(),
              now);
      asked.add(request);
      admit(request);
    }

    private void askAgain() {
      any(asked)
          .ifPresent(request -> {
            boolean other = random.nextInt(3) == 0;
            AdmitResponse response = admit(other ? changed(request) : request);
            assertThat(response)
                .isInstanceOf(
                    other ? AdmitResponse.Conflicting.class : AdmitResponse.Repeated.class);
          });
    }

    private AdmitResponse admit(Request request) {
      Decision<AdmitResponse> decision =
          ledger.decide(new LedgerCommand.Admit(request, List.of()), state);
      switch (decision.response()) {
        case AdmitResponse.Admitted admitted -> {
          count(Outcome.ADMITTED);
          Admission admission = admitted.admission();
          assertThat(admission.holds())
              .extracting(Hold::budget)
              .containsExactlyInAnyOrderElementsOf(expectedBudgets(request, admission));
          admission.holds().forEach(hold -> add(held, hold.budget(), hold.amount()));
          open.add(request);
        }
        case AdmitResponse.Refused refused -> {
          count(Outcome.REFUSED);
          refused.refusal().receipt().ifPresent(History::checkJustified);
        }
        case AdmitResponse.Repeated() -> count(Outcome.REPEATED);
        case AdmitResponse.Conflicting() -> count(Outcome.CONFLICTING);
      }
      apply(decision.facts());
      return decision.response();
    }

    private void settle(Optional<Request> chosen, boolean newDispatch) {
      if (chosen.isEmpty()) {
        return;
      }
      Request request = chosen.get();
      String nonce =
          newDispatch
              ? Long.toHexString(random.nextLong())
              : lastNonce.getOrDefault(request.id(), "never");
      List<Attempt> attempts = attempts();
      Decision<SettleResponse> decision =
          ledger.decide(
              new LedgerCommand.Settle(
                  request.account(), request.id(), request.id() + "#1", nonce, attempts, true),
              state);
      switch (decision.response()) {
        case SettleResponse.Settled settlement -> {
          count(Outcome.SETTLED);
          Admission admission = settlement.admission();
          for (Hold hold : admission.holds()) {
            add(held, hold.budget(), hold.amount().negated());
            add(settled, hold.budget(), share(hold, attempts, settlement.charges()));
          }
          open.remove(request);
        }
        case SettleResponse.Corrected correction -> {
          count(Outcome.CORRECTED);
          boolean takesBack = assumed.remove(request.id());
          for (Hold hold : correction.admission().holds()) {
            Money share = share(hold, attempts, correction.charges());
            add(settled, hold.budget(), takesBack ? share.minus(hold.amount()) : share);
            // What a person took away before cannot be taken back once more.
            settled.merge(hold.budget(), Money.ZERO, Money::max);
          }
        }
        case SettleResponse.Noted() -> throw new AssertionError("there is but one admission");
        case SettleResponse.Repeated() -> assertThat(decision.facts()).isEmpty();
        case SettleResponse.Unknown() -> assertThat(decision.facts()).isEmpty();
      }
      if (!decision.facts().isEmpty()) {
        lastNonce.put(request.id(), nonce);
      }
      apply(decision.facts());
    }

    private void post(Optional<Money> amount) {
      List<BudgetKey> known = List.copyOf(state.balances().keySet());
      if (known.isEmpty()) {
        return;
      }
      BudgetKey key = known.get(random.nextInt(known.size()));
      Balance before = state.balance(key).orElseThrow();
      Decision<OrderResponse> decision =
          ledger.decide(
              new LedgerCommand.Adjust(
                  order(key.account()),
                  new BudgetTarget(
                      key.scope(), key.scopeKey(), key.periodKind(), Optional.of(key.periodName())),
                  amount),
              state);
      switch (decision.response()) {
        case OrderResponse.Adjusted(LedgerFact.Adjusted posted) -> {
          count(amount.isPresent() ? Outcome.POSTED : Outcome.RESET);
          Balance after = posted.change().after();
          assertThat(after.held()).isEqualTo(before.held());
          assertThat(after.settled().isNegative()).isFalse();
          assertThat(amount.isPresent() || after.settled().equals(Money.ZERO)).isTrue();
          assertThat(
                  after.hard()
                      && posted.change().settledDelta().isGreaterThan(Money.ZERO)
                      && after.committed().isGreaterThan(after.limit()))
              .as("a posting takes no hard budget above its limit")
              .isFalse();
          add(settled, key, posted.change().settledDelta());
        }
        case OrderResponse.Refused ignored -> count(Outcome.ORDER_REFUSED);
        case OrderResponse.Cancelled ignored -> throw new AssertionError("it was a posting");
        case OrderResponse.Repeated() -> throw new AssertionError("every order is a new one");
      }
      apply(decision.facts());
    }

    private void cancel() {
      Optional<Request> chosen = any(open);
      if (chosen.isEmpty()) {
        return;
      }
      Request request = chosen.get();
      LedgerCommand.Cancel command =
          new LedgerCommand.Cancel(order(request.account()), request.id());
      Decision<OrderResponse> decision = ledger.decide(command, state);
      assertThat(decision.response()).isInstanceOf(OrderResponse.Cancelled.class);
      count(Outcome.CANCELLED);
      Admission admission = ((OrderResponse.Cancelled) decision.response()).ended().admission();
      for (Hold hold : admission.holds()) {
        add(held, hold.budget(), hold.amount().negated());
        add(settled, hold.budget(), hold.amount());
      }
      open.remove(request);
      assumed.add(request.id());
      apply(decision.facts());
      assertThat(ledger.decide(command, state).response()).isEqualTo(new OrderResponse.Repeated());
    }

    private Order order(AccountId account) {
      return new Order(account, "c-" + orders++, "ann", "a test", now);
    }

    private static Money share(Hold hold, List<Attempt> attempts, List<Charge> charges) {
      Money share = Money.ZERO;
      for (int i = 0; i < charges.size(); i++) {
        Attempt attempt = attempts.get(i);
        String model = attempt.provider() + ':' + attempt.model();
        if (hold.budget().scope() != BudgetScope.MODEL || hold.budget().scopeKey().equals(model)) {
          share = share.plus(charges.get(i).cost());
        }
      }
      return share;
    }

    private void changePolicy() {
      AccountId account = new AccountId("account-" + random.nextInt(5));
      long version = state.account(account).policy().map(Policy::version).orElse(0L);
      List<BudgetRule> budgets = new ArrayList<>();
      for (BudgetScope scope : BudgetScope.values()) {
        for (Kind kind : Kind.values()) {
          if (random.nextInt(3) == 0) {
            budgets.add(budget(scope, BudgetRule.EACH, kind));
          }
          if (scope == BudgetScope.USER && random.nextInt(3) == 0) {
            budgets.add(budget(scope, "user-0", kind));
          }
        }
      }
      Policy wanted =
          Ledgers.policy(
              account,
              Math.max(1, version + random.nextInt(4)),
              random.nextBoolean() ? "UTC" : "America/Sao_Paulo",
              List.of(Ledgers.model("cheap"), Ledgers.model("strong")),
              budgets.toArray(BudgetRule[]::new));
      Decision<Boolean> decision = ledger.decide(new LedgerCommand.ChangePolicy(wanted), state);
      count(decision.response() ? Outcome.POLICY_TAKEN : Outcome.POLICY_REFUSED);
      assertThat(decision.response()).isEqualTo(wanted.version() > version);
      apply(decision.facts());
    }

    private BudgetRule budget(BudgetScope scope, String key, Kind kind) {
      Money limit = Money.of("0.01").times(1 + random.nextInt(kind == Kind.TOTAL ? 5_000 : 200));
      Optional<Rollover> rollover =
          kind != Kind.TOTAL && random.nextInt(3) == 0
              ? Optional.of(
                  new Rollover(
                      random.nextBoolean() ? Optional.empty() : Optional.of(Money.of("0.25"))))
              : Optional.empty();
      return new BudgetRule(
          scope, key, kind, limit, random.nextInt(5) > 0, List.of(50, 80, 100), rollover);
    }

    private List<Attempt> attempts() {
      List<Attempt> attempts = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        long input = random.nextInt(random.nextInt(50) == 0 ? 20_000 : 1_001);
        long output = random.nextInt(1_001);
        Optional<TokenCounts> usage =
            random.nextInt(5) == 0
                ? Optional.empty()
                : Optional.of(new TokenCounts(input, input / 2, input / 4, output, output / 3));
        String model =
            random.nextInt(20) == 0 ? "surprise" : random.nextBoolean() ? "cheap" : "strong";
        attempts.add(new Attempt("test", model, random.nextInt(6) > 0, usage, OptionalInt.empty()));
      }
      return attempts;
    }

    // ---- what must hold after every fact

    private void apply(List<LedgerFact> facts) {
      for (LedgerFact fact : facts) {
        long sequence = sequences.merge(fact.account(), 1L, Long::sum);
        assertThat(fact.sequence()).isEqualTo(sequence);
        ledger.apply(fact, state);
        ledger.apply(fact, replica);
        assertThat(state.account(fact.account()).sequence()).isEqualTo(sequence);
        switch (fact) {
          case LedgerFact.Held admitted -> {
            checkBooks(admitted.changes());
            admitted.changes().forEach(this::checkWithinLimit);
          }
          case LedgerFact.Settled settlement -> checkBooks(settlement.changes());
          case LedgerFact.Corrected correction -> checkBooks(correction.changes());
          case LedgerFact.Adjusted posted -> checkBooks(List.of(posted.change()));
          case LedgerFact.Cancelled cancelled -> checkBooks(cancelled.changes());
          case LedgerFact.OrderRefused ignored -> {}
          case LedgerFact.ThresholdsReached reached -> checkAlerts(reached);
          case LedgerFact.Breached breached -> {
            count(Outcome.BREACHED);
            Balance balance = breached.balance();
            assertThat(balance.committed().isGreaterThan(balance.limit())).isTrue();
          }
          case LedgerFact.Refused ignored -> {}
          case LedgerFact.Assumed ignored -> {}
          case LedgerFact.PolicyApplied ignored -> {}
          case LedgerFact.PolicyRefused ignored -> {}
        }
      }
    }

    private void checkBooks(List<LedgerFact.Change> changes) {
      for (LedgerFact.Change change : changes) {
        checkBooks(state.balance(change.after().key()).orElseThrow());
      }
    }

    private void checkBooks(Balance balance) {
      assertThat(balance.held()).isEqualTo(held.getOrDefault(balance.key(), Money.ZERO));
      assertThat(balance.settled()).isEqualTo(settled.getOrDefault(balance.key(), Money.ZERO));
      assertThat(balance.held().isNegative() || balance.settled().isNegative()).isFalse();
    }

    private void checkWithinLimit(LedgerFact.Change change) {
      BudgetKey key = change.after().key();
      Balance balance = state.balance(key).orElseThrow();
      BudgetRule rule = ruleInForce(key);
      assertThat(balance.limit()).isEqualTo(rule.limit().plus(balance.rolledOver()));
      assertThat(balance.rolledOver().isNegative()).isFalse();
      if (rule.rollover().isEmpty()) {
        assertThat(balance.rolledOver()).isEqualTo(Money.ZERO);
      } else if (balance.rolledOver().isGreaterThan(Money.ZERO)) {
        count(Outcome.CARRIED);
        rule.rollover()
            .get()
            .cap()
            .ifPresent(cap -> assertThat(balance.rolledOver().isGreaterThan(cap)).isFalse());
      }
      if (rule.hard()) {
        assertThat(balance.committed().isGreaterThan(balance.limit())).as("%s", balance).isFalse();
      }
    }

    private void checkAlerts(LedgerFact.ThresholdsReached reached) {
      count(Outcome.ALERTED);
      Balance balance = reached.after();
      for (int percent : reached.percents()) {
        assertThat(alerts.computeIfAbsent(balance.key(), any -> new HashSet<>()).add(percent))
            .as("%d %% of %s for the first time", percent, balance.key())
            .isTrue();
        assertThat(
                balance.settled().times(100).isGreaterThan(balance.limit().times(percent))
                    || balance.settled().times(100).equals(balance.limit().times(percent)))
            .isTrue();
      }
    }

    private static void checkJustified(Receipt receipt) {
      Balance balance = receipt.balance();
      assertThat(balance.hard()).isTrue();
      assertThat(balance.committed().plus(receipt.asked()).isGreaterThan(balance.limit())).isTrue();
    }

    /** Found here by another way than the ledger's. */
    private Set<BudgetKey> expectedBudgets(Request request, Admission admission) {
      Policy policy = state.account(request.account()).policy().orElseThrow();
      Set<BudgetKey> expected = new HashSet<>();
      List<String> models = admission.candidates().stream().map(Candidate::key).toList();
      for (BudgetRule rule : policy.budgets()) {
        List<String> keys =
            switch (rule.scope()) {
              case ACCOUNT -> List.of(request.account().value());
              case TEAM -> request.team().stream().toList();
              case USER -> List.of(request.user());
              case DATASOURCE -> List.of(admission.datasource());
              case MODEL -> models;
            };
        String period = Period.of(rule.period(), request.requestedAt(), policy.zone()).name();
        for (String key : keys) {
          if (rule.scopeKey().equals("*") || rule.scopeKey().equals(key)) {
            expected.add(
                new BudgetKey(request.account(), rule.scope(), key, rule.period(), period));
          }
        }
      }
      return expected;
    }

    private BudgetRule ruleInForce(BudgetKey key) {
      List<BudgetRule> rules =
          state.account(key.account()).policy().orElseThrow().budgets().stream()
              .filter(rule -> rule.scope() == key.scope() && rule.period() == key.periodKind())
              .toList();
      return rules.stream()
          .filter(rule -> rule.scopeKey().equals(key.scopeKey()))
          .findFirst()
          .or(() -> rules.stream().filter(rule -> rule.scopeKey().equals("*")).findFirst())
          .orElseThrow();
    }

    private void checkWhole() {
      Map<BudgetKey, Money> openHolds = new HashMap<>();
      Map<BudgetKey, Integer> counts = new HashMap<>();
      for (RequestState request : state.requests()) {
        switch (request) {
          case RequestState.Open open ->
              open.admission()
                  .holds()
                  .forEach(hold -> {
                    add(openHolds, hold.budget(), hold.amount());
                    counts.merge(hold.budget(), 1, Integer::sum);
                  });
          case RequestState.Closed closed -> {}
        }
      }
      for (Balance balance : state.balances().values()) {
        checkBooks(balance);
        assertThat(balance.held()).isEqualTo(openHolds.getOrDefault(balance.key(), Money.ZERO));
        assertThat(balance.openHolds()).isEqualTo(counts.getOrDefault(balance.key(), 0));
      }
      assertThat(state.equals(replica)).as("the same history gives the same state").isTrue();
      for (Outcome outcome : Outcome.values()) {
        assertThat(outcomes).as("what happened").containsKey(outcome);
      }
    }

    // ---- small things

    private static Request changed(Request request) {
      return new Request(
          request.account(),
          request.id(),
          request.user(),
          request.team(),
          request.datasource(),
          request.tier(),
          "Something else?",
          request.requester(),
          request.tags(),
          request.contentDigest() + "!",
          request.traceId(),
          request.requestedAt(),
          request.partition(),
          request.offset());
    }

    private void count(Outcome outcome) {
      outcomes.merge(outcome, 1, Integer::sum);
    }

    private Optional<Request> any(List<Request> requests) {
      return requests.isEmpty()
          ? Optional.empty()
          : Optional.of(requests.get(random.nextInt(requests.size())));
    }

    private static void add(Map<BudgetKey, Money> books, BudgetKey key, Money amount) {
      books.merge(key, amount, Money::plus);
    }
  }
}
