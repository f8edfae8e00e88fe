package io.querytrail.audit.alerts;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** What is counted of posts to the webhook. Safe for use by several threads. */
final class WebhookMetrics {
  private final MeterRegistry registry;
  private final AtomicInteger failures;

  WebhookMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.failures =
        registry.gauge("querytrail.alert.webhook.failures.in.a.row", new AtomicInteger());
  }

  void posted(Posted posted) {
    switch (posted) {
      case Posted.Taken taken -> {
        failures.set(0);
        count("taken");
      }
      case Posted.Failed failed -> {
        failures.incrementAndGet();
        count(failed.kind());
      }
    }
  }

  private void count(String outcome) {
    registry.counter("querytrail.alert.webhook.posts", "outcome", outcome).increment();
  }

  /** An alert was set aside. */
  void deadLetter() {
    registry.counter("querytrail.alert.webhook.dead.letters").increment();
  }
}
