package io.querytrail.sink.kafka;

import io.querytrail.sink.metrics.SinkMetrics;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;
import org.jspecify.annotations.Nullable;

/** Looks once a second at how the consumer fares. Looks in its thread; tells any thread. */
final class ConsumerWatch {
  private static final long PERIOD_NANOS = Duration.ofSeconds(1).toNanos();

  private final Consumer<byte[], byte[]> consumer;
  private final SinkMetrics metrics;
  private @Nullable Metric connections;
  private long lookedAtNanos;
  private boolean looked;
  private volatile boolean connected;

  ConsumerWatch(Consumer<byte[], byte[]> consumer, SinkMetrics metrics) {
    this.consumer = consumer;
    this.metrics = metrics;
  }

  void look(long nowNanos) {
    if (looked && nowNanos - lookedAtNanos < PERIOD_NANOS) {
      return;
    }
    looked = true;
    lookedAtNanos = nowNanos;
    metrics.lag(
        consumer.assignment().stream()
            .mapToLong(partition -> consumer.currentLag(partition).orElse(0))
            .sum());
    if (connections == null) {
      connections = connectionCount();
    }
    connected = connections == null || ((Number) connections.metricValue()).doubleValue() > 0;
  }

  void retried() {
    metrics.retried();
  }

  /** Why nothing is being read, if so. */
  Optional<String> trouble() {
    return connected ? Optional.empty() : Optional.of("no connection to a Kafka broker");
  }

  private @Nullable Metric connectionCount() {
    return consumer.metrics().entrySet().stream()
        .filter(metric ->
            metric.getKey().name().equals("connection-count")
                && metric.getKey().group().equals("consumer-metrics"))
        .map(metric -> (Metric) metric.getValue())
        .findFirst()
        .orElse(null);
  }
}
