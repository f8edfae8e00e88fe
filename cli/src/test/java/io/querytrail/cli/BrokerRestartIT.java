package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.querytrail.demo.Latency;
import io.querytrail.embedded.ServiceProcess;
import io.querytrail.events.BudgetBalance;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker restarts in the middle of the work; nobody lends a hand to what depends on it. */
final class BrokerRestartIT {
  private static final int REQUESTS = 600;
  private static final List<String> ACCOUNTS = List.of("a1", "a2", "a3");
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  @TempDir Path directory;

  @Test
  void costsNoRequestItsVerdictItsRowOrItsMoney() throws Exception {
    try (ServiceFleet fleet =
        ServiceFleet.start(directory, new Latency(Duration.ofMillis(60), 0.3, 1))) {
      List<ServiceProcess> services =
          List.of(fleet.startSink(), fleet.startStream(), fleet.startGenerator());
      for (String account : ACCOUNTS) {
        fleet.apply(
            """
            account: %s
            budgets: [{scope: account, period: total, limit: 1000}]
            models: [{provider: openai, model: gpt-4o-mini}]
            maxSends: 1
            datasources: [{name: shop, schemas: [shop]}]
            """
                .formatted(account));
      }
      try (Race race = Race.start(fleet.kafka(), 8, REQUESTS, ACCOUNTS, 3, 1)) {
        // Given
        await().atMost(PATIENCE).until(() -> race.decided() >= REQUESTS / 4);

        // When
        fleet.restartBroker();

        // Then
        await().atMost(PATIENCE).until(() -> race.decided() >= REQUESTS);
        await().atMost(PATIENCE).until(() -> count(fleet) >= REQUESTS);
        assertThat(race.decidedTwice()).isEmpty();
      }
      assertThat(count(fleet)).isEqualTo(REQUESTS);
      // A generator that lost its partitions for a while has its admissions decided again.
      assertThat(fleet.models().served()).hasSizeGreaterThanOrEqualTo(REQUESTS);
      BigDecimal paid = fleet.number("SELECT sum(cost) FROM ai_query_log");
      assertThat(paid).isPositive();
      List<BudgetBalance> balances =
          ACCOUNTS.stream()
              .flatMap(account -> BudgetCommand.balances(fleet.kafka(), account).stream())
              .toList();
      assertThat(
              balances.stream()
                  .map(BudgetBalance::getSettled)
                  .reduce(BigDecimal.ZERO, BigDecimal::add))
          .isEqualByComparingTo(paid);
      assertThat(balances).allSatisfy(balance -> assertThat(balance.getHeld()).isZero());
      assertThat(services)
          .allSatisfy(service -> assertThat(service.isAlive()).as("%s", service.log()).isTrue());
    }
  }

  private static int count(ServiceFleet fleet) throws SQLException {
    return fleet.number("SELECT count(*) FROM ai_query_log").intValueExact();
  }
}
