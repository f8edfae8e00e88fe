package io.querytrail.generator.kafka;

import java.time.Duration;
import java.util.Map;

/**
 * How the edge to Kafka works.
 *
 * @param client settings of every Kafka client, at least {@code bootstrap.servers}; may hold
 *     passwords
 * @param maxInFlight admissions in hand at once
 * @param drainTimeout how long those in hand may take when a partition or the service goes
 */
public record PipelineSettings(
    Map<String, Object> client, String groupId, int maxInFlight, Duration drainTimeout) {
  public PipelineSettings {
    client = Map.copyOf(client);
  }

  @Override
  public String toString() {
    return "PipelineSettings[" + groupId + "]";
  }
}
