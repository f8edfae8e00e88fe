package io.querytrail.audit.topology;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.querytrail.audit.state.StoreSweep;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** The size of one task's ledger store, as of the last round of its sweep. */
final class StoreGauges {
  private final MeterRegistry registry;
  private final String task;
  private final Map<String, AtomicLong> rows = new HashMap<>();
  private final Map<String, AtomicLong> bytes = new HashMap<>();
  private final List<Meter> meters = new ArrayList<>();

  StoreGauges(MeterRegistry registry, String task) {
    this.registry = registry;
    this.task = task;
  }

  void show(StoreSweep.Step step) {
    if (step.removed() > 0) {
      registry.counter("querytrail.ledger.rows.removed").increment(step.removed());
    }
    if (!step.sizes().isEmpty()) {
      rows.forEach((kind, value) -> value.set(0));
      bytes.forEach((kind, value) -> value.set(0));
      step.sizes()
          .forEach((kind, size) -> {
            gauge(rows, "querytrail.ledger.rows", kind).set(size.rows());
            gauge(bytes, "querytrail.ledger.bytes", kind).set(size.bytes());
          });
    }
  }

  private AtomicLong gauge(Map<String, AtomicLong> values, String name, String kind) {
    return values.computeIfAbsent(
        kind,
        missing -> {
          AtomicLong value = new AtomicLong();
          meters.add(
              Gauge.builder(name, value, AtomicLong::get)
                  .tags("kind", kind, "task", task)
                  .register(registry));
          return value;
        });
  }

  /** The task goes elsewhere; what it last showed would stand here for ever. */
  void close() {
    meters.forEach(registry::remove);
    meters.clear();
  }
}
