package io.querytrail.audit;

import static io.querytrail.audit.SampleEvents.attempt;
import static io.querytrail.audit.SampleEvents.budget;
import static io.querytrail.audit.SampleEvents.generated;
import static io.querytrail.audit.SampleEvents.policy;
import static io.querytrail.audit.SampleEvents.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.querytrail.audit.AuditDriver.Out;
import io.querytrail.audit.ledger.BudgetLedger;
import io.querytrail.audit.ledger.Policy;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.topology.LedgerHistory;
import io.querytrail.audit.whatif.Outcome;
import io.querytrail.audit.whatif.Totals;
import io.querytrail.audit.whatif.WhatIf;
import io.querytrail.audit.whatif.WhatIfException;
import io.querytrail.events.AccountPolicy;
import io.querytrail.events.AdjustBudget;
import io.querytrail.events.Budget;
import io.querytrail.events.BudgetPeriod;
import io.querytrail.events.BudgetScope;
import io.querytrail.events.LedgerEvent;
import io.querytrail.schemas.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Histories as the topology writes them, decided again. */
class WhatIfTest {
  private record Written(LedgerEvent event, Instant at) {}

  @TempDir Path stateDir;
  private final List<Written> history = new ArrayList<>();
  private AuditDriver audit;

  @BeforeEach
  void start() {
    audit = new AuditDriver(stateDir);
  }

  @AfterEach
  void stop() {
    audit.close();
  }

  @Test
  void unchangedPolicyChangesNothing() {
    long seed = 20261121;
    Random random = new Random(seed);
    AccountPolicy policy = busyPolicy("0.05", "0.02").build();
    keep(audit.apply(policy));
    Instant middle = randomDays(random, 400);

    for (Instant since : List.of(Instant.EPOCH, middle)) {
      WhatIf replay = replay(policy, since);

      assertThat(replay.outcomes()).as("seed %d since %s", seed, since).isEmpty();
      assertThat(replay.totals())
          .singleElement()
          .satisfies(total -> {
            assertThat(total.difference()).isEqualTo(Money.ZERO);
            assertThat(total.paid()).isGreaterThan(Money.ZERO);
            assertThat(total.requests()).isGreaterThan(100);
          });
    }
  }

  @Test
  void tighterPolicyTellsWhoWouldHaveBeenRefusedAndWhatThatSaves() {
    keep(audit.apply(policy(1, "1").build()));
    answered("r-1", 1_000);
    answered("r-2", 1_500);
    answered("r-3", 500);

    WhatIf replay = replay(policy(1, "0.005").build(), Instant.EPOCH);

    // 0.001 leave room for a hold of 0.004, 0.0025 do not.
    assertThat(replay.outcomes())
        .singleElement()
        .satisfies(outcome -> {
          assertThat(outcome.request().value()).isEqualTo("r-3");
          assertThat(outcome.user()).isEqualTo("ada");
          assertThat(outcome.was()).isEmpty();
          assertThat(outcome.wouldBe()).contains("BUDGET_EXCEEDED");
          assertThat(outcome.message()).contains("0.0025 of 0.005");
          assertThat(outcome.paid()).isEqualTo(Money.of("0.0005"));
          assertThat(outcome.wouldPay()).isEqualTo(Money.ZERO);
          assertThat(outcome.estimated()).isFalse();
        });
    Totals total = replay.totals().getFirst();
    assertThat(total.refused()).isEqualTo(1);
    assertThat(total.difference()).isEqualTo(Money.of("-0.0005"));
  }

  @Test
  void widerPolicyEstimatesWhatTheAdmittedWouldHaveCost() {
    keep(audit.apply(policy(1, "0.006").build()));
    answered("r-1", 1_000);
    answered("r-2", 2_000);
    keep(audit.ask(request("r-3").build()));
    keep(audit.ask(request("r-4").setUser("bob").build()));

    WhatIf replay = replay(policy(1, "1").build(), Instant.EPOCH);

    assertThat(replay.outcomes())
        .extracting(outcome -> outcome.request().value(), Outcome::wouldPay, Outcome::estimated)
        .containsExactly(
            // The mean of what ada's requests used; of bob nothing is known, so his whole hold.
            tuple("r-3", Money.of("0.0015"), true), tuple("r-4", Money.of("0.004"), true));
    Totals total = replay.totals().getFirst();
    assertThat(total.admitted()).isEqualTo(2);
    assertThat(total.estimated()).isEqualTo(Money.of("0.0055"));
    assertThat(total.difference()).isEqualTo(Money.of("0.0055"));
  }

  @Test
  void booksStandAsTheyWereAtTheBeginning() {
    keep(audit.apply(policy(1, "1").build()));
    answered("r-1", 2_000);
    keep(audit.ask(request("r-2").build()));
    Instant since = audit.now().plusMillis(1);
    keep(audit.send(Topic.GENERATIONS, "acme", answer("r-2", 1_000)));
    answered("r-3", 100);

    // 0.003 are spent by then, which with a hold makes 0.007.
    assertThat(replay(policy(1, "0.007").build(), since).outcomes()).isEmpty();
    assertThat(replay(policy(1, "0.0069").build(), since).outcomes())
        .extracting(outcome -> outcome.request().value())
        .containsExactly("r-3");
    assertThat(replay(policy(1, "1").build(), since).totals().getFirst().paid())
        .isEqualTo(Money.of("0.0011"));
  }

  @Test
  void whatHappenedLaterIsLeftOut() {
    keep(audit.apply(policy(1, "1").build()));
    answered("r-1", 1_000);
    Instant until = audit.now();
    answered("r-2", 1_000);

    WhatIf replay =
        new WhatIf(
            ledger(), PriceBook.EMPTY, id -> tried(policy(1, "0").build()), Instant.EPOCH, until);
    feed(replay);

    assertThat(replay.outcomes())
        .extracting(outcome -> outcome.request().value())
        .containsExactly("r-1");
  }

  @Test
  void policyInAnotherCurrencyCannotBeTried() {
    keep(audit.apply(policy(1, "1").build()));
    Instant since = audit.now().plusMillis(1);
    answered("r-1", 1);

    assertThatThrownBy(() -> replay(policy(1, "1").setCurrency("EUR").build(), since))
        .isInstanceOf(WhatIfException.class)
        .hasMessageContaining("cannot become EUR");
  }

  // ---- small things

  private static AccountPolicy.Builder busyPolicy(String month, String day) {
    Budget daily =
        Budget.newBuilder(budget(day))
            .setScope(BudgetScope.USER)
            .setPeriod(BudgetPeriod.DAY)
            .build();
    return policy(1, month).setBudgets(List.of(budget(month), daily));
  }

  /** Requests of three users over several weeks; the instant in the middle of them. */
  private Instant randomDays(Random random, int count) {
    Instant middle = Instant.EPOCH;
    List<String> open = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      audit.advance(Duration.ofMinutes(random.nextInt(180)));
      List<Out> out = audit.ask(request("r-" + i).setUser("user-" + random.nextInt(3)).build());
      keep(out);
      if (out.stream().anyMatch(record -> record.topic() == Topic.ADMISSIONS)) {
        open.add("r-" + i);
      }
      if (!open.isEmpty() && random.nextInt(3) > 0) {
        String id = open.remove(random.nextInt(open.size()));
        keep(audit.send(Topic.GENERATIONS, "acme", answer(id, random.nextInt(2_000))));
        if (random.nextInt(10) == 0) {
          keep(
              audit.send(
                  Topic.GENERATIONS,
                  "acme",
                  generated(id, "again", "SELECT 1")
                      .setAttempts(List.of(attempt(1, 5L, 0L)))
                      .build()));
        }
      }
      if (!open.isEmpty() && random.nextInt(15) == 0) {
        keep(audit.send(Topic.GENERATIONS, "acme", SampleEvents.interrupted(open.getFirst())));
      }
      if (random.nextInt(40) == 0) {
        keep(audit.send(Topic.COMMANDS, "acme", posting(i, random)));
      }
      if (i == count / 2) {
        middle = audit.now().plusMillis(1);
      }
    }
    return middle;
  }

  private static AdjustBudget posting(int number, Random random) {
    return AdjustBudget.newBuilder()
        .setCommandId("c-" + number)
        .setAccount("acme")
        .setScope(BudgetScope.ACCOUNT)
        .setScopeKey("acme")
        .setPeriod(BudgetPeriod.MONTH)
        .setAmount(SampleEvents.amount(random.nextBoolean() ? "0.001" : "-0.001"))
        .setReason("a test")
        .setRequestedBy("ann")
        .build();
  }

  private void answered(String id, long tokens) {
    keep(audit.ask(request(id).build()));
    keep(audit.send(Topic.GENERATIONS, "acme", answer(id, tokens)));
  }

  private static SpecificRecord answer(String id, long tokens) {
    return generated(id, "n-" + id, "SELECT 1")
        .setAttempts(List.of(attempt(1, tokens, 0L)))
        .build();
  }

  private void keep(List<Out> out) {
    out.stream()
        .filter(record -> record.topic() == Topic.LEDGER)
        .forEach(record -> history.add(new Written((LedgerEvent) record.event(), audit.now())));
  }

  private static BudgetLedger ledger() {
    return new BudgetLedger(AuditDriver.prices());
  }

  private static Policy tried(AccountPolicy event) {
    return LedgerHistory.policy(event);
  }

  private WhatIf replay(AccountPolicy policy, Instant since) {
    WhatIf replay = new WhatIf(ledger(), PriceBook.EMPTY, id -> tried(policy), since, Instant.MAX);
    feed(replay);
    return replay;
  }

  private void feed(WhatIf replay) {
    history.forEach(
        written -> LedgerHistory.step(written.event(), written.at()).ifPresent(replay::take));
  }
}
