package io.querytrail.sink.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what the sink does. Safe for use by several threads. */
public final class SinkMetrics {
  private final MeterRegistry registry;
  private final AtomicLong lag = new AtomicLong();
  private final Timer batch;
  private final Counter retries;

  public SinkMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.batch =
        Timer.builder("querytrail.sink.batch")
            .description("Writing one batch, from the first statement to the commit's answer")
            .register(registry);
    this.retries =
        Counter.builder("querytrail.sink.retries")
            .description("Batches that could not be written and are tried again")
            .register(registry);
    Gauge.builder("querytrail.sink.lag.records", lag, AtomicLong::get)
        .description("Records of the assigned partitions that were not read yet")
        .register(registry);
  }

  /** A batch was committed. */
  public void written(Duration took) {
    batch.record(took);
  }

  /**
   * Rows are in the log.
   *
   * @param kind {@code audited}, {@code corrected}, {@code executed} or {@code alert}
   */
  public void rows(String kind, long count) {
    if (count > 0) {
      Counter.builder("querytrail.sink.records")
          .description("Records of Kafka that are stored")
          .tag("kind", kind)
          .register(registry)
          .increment(count);
    }
  }

  public void retried() {
    retries.increment();
  }

  public void deadLettered(String topic, long count) {
    Counter.builder("querytrail.sink.dead.letters")
        .description("Records that could not be used")
        .tag("topic", topic)
        .register(registry)
        .increment(count);
  }

  public void lag(long records) {
    lag.set(records);
  }
}
