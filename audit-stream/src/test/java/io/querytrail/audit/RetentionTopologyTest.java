package io.querytrail.audit;

import static io.querytrail.audit.SampleEvents.budget;
import static io.querytrail.audit.SampleEvents.generated;
import static io.querytrail.audit.SampleEvents.policy;
import static io.querytrail.audit.SampleEvents.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.audit.AuditDriver.Out;
import io.querytrail.events.Budget;
import io.querytrail.events.BudgetPeriod;
import io.querytrail.events.BudgetScope;
import io.querytrail.schemas.Topic;
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

  private void answered(String id, String user) {
    audit.ask(request(id).setUser(user).build());
    audit.send(Topic.GENERATIONS, "acme", generated(id, "n-" + id, "SELECT 1").build());
  }

  private double rows(String kind) {
    return audit.gauge("querytrail.ledger.rows", "kind", kind);
  }

  private static List<Topic> topics(List<Out> out) {
    return out.stream().map(Out::topic).toList();
  }
}
