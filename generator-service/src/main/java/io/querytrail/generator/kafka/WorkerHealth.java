package io.querytrail.generator.kafka;

import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;
import org.jspecify.annotations.Nullable;

/**
 * Whether admissions are being read. The polling thread writes down what it sees, so that asking
 * takes no time.
 */
final class WorkerHealth {
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);

  private volatile long lastPoll = System.nanoTime();
  private volatile boolean member;
  private volatile boolean connected;
  private @Nullable Metric connections;

  /** Called by the polling thread after each poll. */
  void polled(Consumer<?, ?> consumer) {
    lastPoll = System.nanoTime();
    member = consumer.groupMetadata().generationId() >= 0;
    connected = connections(consumer) > 0;
  }

  /** Empty while admissions are being read. */
  Optional<String> problem() {
    Duration silence = Duration.ofNanos(System.nanoTime() - lastPoll);
    if (silence.compareTo(LONGEST_SILENCE) > 0) {
      return Optional.of("the broker was not asked for %d s".formatted(silence.toSeconds()));
    }
    if (!connected) {
      return Optional.of("no connection to the broker");
    }
    return member ? Optional.empty() : Optional.of("not yet a member of the consumer group");
  }

  private double connections(Consumer<?, ?> consumer) {
    if (connections == null) {
      connections =
          consumer.metrics().values().stream()
              .filter(metric -> metric.metricName().name().equals("connection-count"))
              .findFirst()
              .orElse(null);
    }
    return connections != null && connections.metricValue() instanceof Number count
        ? count.doubleValue()
        : 0;
  }
}
