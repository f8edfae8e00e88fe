package io.querytrail.audit;

import static io.querytrail.audit.SampleEvents.amount;
import static io.querytrail.audit.SampleEvents.budget;
import static io.querytrail.audit.SampleEvents.generated;
import static io.querytrail.audit.SampleEvents.policy;
import static io.querytrail.audit.SampleEvents.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.audit.AuditDriver.Out;
import io.querytrail.audit.prices.PriceFile;
import io.querytrail.audit.prices.TableDocument;
import io.querytrail.events.Budget;
import io.querytrail.events.BudgetPeriod;
import io.querytrail.events.BudgetScope;
import io.querytrail.events.QueryAudited;
import io.querytrail.schemas.Topic;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the ledger store forgets, and when. */
class RetentionTopologyTest {
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
  void storeStaysSmallHoweverLongItRuns() {
    Budget daily =
        Budget.newBuilder(budget("10"))
            .setScope(BudgetScope.USER)
            .setPeriod(BudgetPeriod.DAY)
            .build();
    audit.apply(policy(1, "100").setBudgets(List.of(budget("100"), daily)).build());
    double requestsAfterTwoMonths = 0;
    double balancesAfterTwoMonths = 0;

    for (int day = 0; day < 400; day++) {
      for (int i = 0; i < 3; i++) {
        answered("r-" + day + '-' + i, "user-" + i);
      }
      audit.advance(Duration.ofDays(1));
      if (day == 60) {
        requestsAfterTwoMonths = rows("request");
        balancesAfterTwoMonths = rows("balance");
      }
    }

    // 35 days and the one that runs, of 3 requests each.
    assertThat(requestsAfterTwoMonths).isBetween(100.0, 115.0);
    assertThat(rows("request")).isBetween(100.0, 115.0);
    assertThat(rows("balance")).isLessThanOrEqualTo(balancesAfterTwoMonths + 2);
    assertThat(rows("account")).isEqualTo(1);
    assertThat(rows("policy")).isEqualTo(1);
    assertThat(rows("chain")).isEqualTo(1);
    assertThat(audit.gauge("querytrail.ledger.bytes", "kind", "request")).isGreaterThan(1_000);
    assertThat(audit.count("querytrail.ledger.rows.removed")).isGreaterThan(1_000);
  }

  @Test
  void idOfARequestIsTakenForItsRetentionAndFreeAfter() {
    audit.apply(policy(1, "1").build());
    answered("r-1", "ada");

    audit.advance(Duration.ofDays(35).minusSeconds(10));
    assertThat(audit.ask(request("r-1").build())).isEmpty();
    audit.advance(Duration.ofSeconds(20));

    assertThat(topics(audit.ask(request("r-1").build()))).contains(Topic.ADMISSIONS);
  }

  @Test
  void requestThatHoldsMoneyIsNeverForgotten() {
    audit.apply(policy(1, "1").build());
    audit.ask(request("r-1").build());

    for (int day = 0; day < 50; day++) {
      audit.advance(Duration.ofDays(1));
      answered("tick-" + day, "ada");
    }

    assertThat(
            topics(
                audit.send(Topic.GENERATIONS, "acme", generated("r-1", "n-1", "SELECT 1").build())))
        .contains(Topic.APPROVALS);
  }

  @Test
  void pricesLeaveTheStoreOnceNothingCanBeChargedByThem() {
    // Given a request that waits, admitted by a table that is replaced
    audit.apply(policy(1, "1").build());
    audit.apply(table("v2", "3"));
    audit.ask(request("waits").build());
    audit.apply(table("v3", "5"));

    // When
    days(50, "first");

    // Then
    assertThat(rows("price")).as("one in use, one that a request waits for").isEqualTo(2);
    assertThat(rows("prices")).isEqualTo(2);
    assertThat(cost(answered("waits"))).as("300 and 200 tokens").isEqualTo(amount("0.0015"));

    // When it has its verdict, and is forgotten itself
    days(5, "second");

    // Then
    assertThat(rows("price")).isEqualTo(1);
    assertThat(rows("prices")).isEqualTo(1);
    assertThat(cost(answered(asked("r-last", "ada")))).isEqualTo(amount("0.0025"));
    assertThat(audit.apply(table("v2", "4")))
        .as("a version stays what it was")
        .extracting(Out::topic)
        .containsExactly(Topic.DEAD_LETTERS);
  }

  private void days(int days, String name) {
    for (int day = 0; day < days; day++) {
      audit.advance(Duration.ofDays(1));
      answered(name + '-' + day, "ada");
    }
  }

  private static TableDocument table(String version, String price) {
    return PriceFile.read(
        """
        {"version": "%s", "effective": "2026-11-01", "currency": "USD",
         "models": {"test:small": {"input": %s, "output": %s}}}
        """
            .formatted(version, price, price));
  }

  private static BigDecimal cost(List<Out> out) {
    return out.stream()
        .filter(record -> record.topic() == Topic.AUDIT)
        .map(record -> ((QueryAudited) record.event()).getCost())
        .findFirst()
        .orElseThrow();
  }

  private String asked(String id, String user) {
    audit.ask(request(id).setUser(user).build());
    return id;
  }

  private List<Out> answered(String id) {
    return audit.send(Topic.GENERATIONS, "acme", generated(id, "n-" + id, "SELECT 1").build());
  }

  private void answered(String id, String user) {
    answered(asked(id, user));
  }

  private double rows(String kind) {
    return audit.gauge("querytrail.ledger.rows", "kind", kind);
  }

  private static List<Topic> topics(List<Out> out) {
    return out.stream().map(Out::topic).toList();
  }
}
