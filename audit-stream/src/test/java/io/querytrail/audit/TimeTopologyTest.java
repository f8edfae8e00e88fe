package io.querytrail.audit;

import static io.querytrail.audit.SampleEvents.amount;
import static io.querytrail.audit.SampleEvents.budget;
import static io.querytrail.audit.SampleEvents.generated;
import static io.querytrail.audit.SampleEvents.policy;
import static io.querytrail.audit.SampleEvents.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.audit.AuditDriver.Out;
import io.querytrail.events.Budget;
import io.querytrail.events.BudgetBalance;
import io.querytrail.events.BudgetPeriod;
import io.querytrail.events.QueryRejected;
import io.querytrail.schemas.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Append times that jump, months that end and clocks that change. A hold is 0.004, an answer costs
 * 0.0005, and a budget of 0.004 has room for one request that waits.
 */
class TimeTopologyTest {
  private static final String ONE_HOLD = "0.004";

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

  @Test
  void clockThatStepsBackPutsEachRequestIntoThePeriodOfItsOwnTime() {
    // Given a request just after midnight, and then a broker whose clock is an hour behind
    audit.apply(policy(1, "1").build());
    assertThat(period(ask("r-1", "2026-12-01T00:30:00Z"))).isEqualTo("2026-12");

    // When
    List<Out> behind = ask("r-2", "2026-11-30T23:30:00Z");

    // Then nothing is lost, asked twice, or moved into another month
    assertThat(period(behind)).isEqualTo("2026-11");
    assertThat(ask("r-1", "2026-11-30T23:31:00Z")).as("known").isEmpty();
    assertBalance(answer("r-1", "2026-11-30T23:32:00Z"), "2026-12", "0.0005", "0");
    assertBalance(answer("r-2", "2026-11-30T23:33:00Z"), "2026-11", "0.0005", "0");
  }

  @Test
  void clockThatLeapsAheadAndBackNeitherEndsAHoldNorSpendsItTwice() {
    // Given
    audit.apply(policy(1, ONE_HOLD).build());
    ask("r-1", "2026-11-21T12:00:10Z");

    // When a broker's clock is two months ahead for one record
    ask("r-2", "2027-01-21T12:00:00Z");
    List<Out> back = ask("r-3", "2026-11-21T12:00:20Z");

    // Then November's money is still held, and its answer is charged there
    assertThat(rejection(back).getReason()).isEqualTo("BUDGET_EXCEEDED");
    assertBalance(answer("r-1", "2026-11-21T12:00:30Z"), "2026-11", "0.0005", "0");
    assertBalance(answer("r-2", "2026-11-21T12:00:40Z"), "2027-01", "0.0005", "0");
  }

  @Test
  void leapOfTheClockExpiresNothingWhoseReportsWereNotRead() {
    audit.apply(policy(1, "1").build());
    ask("r-1", "2026-11-21T12:00:10Z");

    ask("r-2", "2027-01-21T12:00:00Z");

    // The reports are read up to the first request only: by then nothing was due.
    assertThat(audit.readThrough(Instant.parse("2026-11-21T12:00:10Z"))).isEmpty();
    assertThat(topics(answer("r-1", "2027-01-21T12:00:01Z"))).contains(Topic.APPROVALS);
  }

  @Test
  void monthEndsWhereTheAccountsZoneSaysSoAndTakesItsAnswersAlong() {
    // Given a month that is full
    audit.apply(policy(1, ONE_HOLD).setTimeZone("Europe/Vienna").build());
    assertThat(period(ask("r-1", "2026-11-30T22:59:58Z"))).isEqualTo("2026-11");
    QueryRejected full = rejection(ask("r-2", "2026-11-30T22:59:59.999Z"));
    assertThat(full.getReceipt().getPeriodName()).isEqualTo("2026-11");

    // When the next one begins
    assertThat(period(ask("r-3", "2026-11-30T23:00:00Z"))).isEqualTo("2026-12");

    // Then the late answer is charged where its money was held
    assertBalance(answer("r-1", "2026-11-30T23:00:01Z"), "2026-11", "0.0005", "0");
    assertBalance(answer("r-3", "2026-11-30T23:00:02Z"), "2026-12", "0.0005", "0");
  }

  @Test
  void dayOfTwentyThreeHoursAndOneOfTwentyFiveHaveOneBudgetEach() {
    Budget daily = Budget.newBuilder(budget(ONE_HOLD)).setPeriod(BudgetPeriod.DAY).build();
    audit.apply(policy(1, "1").setTimeZone("Europe/Vienna").setBudgets(List.of(daily)).build());

    // Clocks go from 2 to 3 on 28 March: 23 hours from 23:00 to 22:00 UTC
    assertOneBudget("march", "2027-03-28", "2027-03-27T23:00:00Z", "2027-03-28T21:59:58Z");
    // and from 3 to 2 on 31 October: 25 hours from 22:00 to 23:00 UTC.
    assertOneBudget("october", "2027-10-31", "2027-10-30T22:00:00Z", "2027-10-31T22:59:58Z");
    assertThat(period(ask("next", "2027-10-31T23:00:00Z"))).isEqualTo("2027-11-01");
  }

  private void assertOneBudget(String id, String day, String first, String last) {
    assertThat(period(ask(id + "-1", first))).isEqualTo(day);
    assertThat(rejection(ask(id + "-2", last)).getReceipt().getPeriodName()).isEqualTo(day);
  }

  private List<Out> ask(String id, String at) {
    moveTo(at);
    return audit.ask(request(id).build());
  }

  private List<Out> answer(String id, String at) {
    moveTo(at);
    return audit.send(Topic.GENERATIONS, "acme", generated(id, "n-" + id, "SELECT 1").build());
  }

  /** Back or forth, so that the next record has that append time. */
  private void moveTo(String at) {
    audit.advance(Duration.between(audit.now(), Instant.parse(at)).minusSeconds(1));
  }

  private static String period(List<Out> out) {
    return balance(out).getPeriodName();
  }

  private static BudgetBalance balance(List<Out> out) {
    return (BudgetBalance) only(out, Topic.BALANCES).event();
  }

  private static QueryRejected rejection(List<Out> out) {
    return (QueryRejected) only(out, Topic.REJECTIONS).event();
  }

  private static Out only(List<Out> out, Topic topic) {
    List<Out> found = out.stream().filter(record -> record.topic() == topic).toList();
    assertThat(found).as("records on %s", topic).hasSize(1);
    return found.getFirst();
  }

  private static void assertBalance(List<Out> out, String period, String settled, String held) {
    BudgetBalance balance = balance(out);
    assertThat(balance.getPeriodName()).isEqualTo(period);
    assertThat(balance.getSettled()).isEqualTo(amount(settled));
    assertThat(balance.getHeld()).isEqualTo(amount(held));
  }

  private static List<Topic> topics(List<Out> out) {
    return out.stream().map(Out::topic).toList();
  }
}
