package io.querytrail.audit.alerts;

import io.querytrail.events.BudgetAlert;
import io.querytrail.events.BudgetKind;
import io.querytrail.events.BudgetPeriod;
import io.querytrail.events.BudgetScope;
import io.querytrail.service.Secret;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;

/** Alerts and settings to test with. */
final class Alerts {
  static final Secret SECRET = new Secret("a shared secret of the tests");

  private Alerts() {}

  static BudgetAlert alert(String id) {
    return BudgetAlert.newBuilder()
        .setAlertId(id)
        .setAccount("acme")
        .setScope(BudgetScope.USER)
        .setScopeKey("Žofie \"Z\"")
        .setPeriod(BudgetPeriod.MONTH)
        .setPeriodName("2026-11")
        .setKind(BudgetKind.HARD)
        .setThresholdPercent(90)
        .setCurrency("USD")
        .setLimit(new BigDecimal("25.000000000000"))
        .setSettled(new BigDecimal("22.500000000001"))
        .setHeld(new BigDecimal("0.000000000000"))
        .setRequestId("r-1")
        .setPolicyVersion(3)
        .setRaisedAt(Instant.parse("2026-11-21T12:00:00Z"))
        .build();
  }

  static AlertWebhookConfig config(URI url, int timeoutMillis, int maxTries) {
    return new AlertWebhookConfig(url, SECRET, null, timeoutMillis, maxTries, 60);
  }
}
