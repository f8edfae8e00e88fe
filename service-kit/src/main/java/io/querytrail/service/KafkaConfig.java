package io.querytrail.service;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How to reach Kafka.
 *
 * @param bootstrapServers host:port, several parted by commas
 * @param properties further client settings, such as {@code security.protocol}, passed on as they
 *     are
 */
public record KafkaConfig(String bootstrapServers, @Nullable Map<String, String> properties)
    implements ValidConfig {
  public KafkaConfig {
    properties = properties == null ? Map.of() : Map.copyOf(properties);
  }

  @Override
  public void check(Problems problems) {
    problems.required("bootstrapServers", bootstrapServers);
  }

  /** A fresh map of client settings for the caller to add to. */
  public Map<String, Object> clientSettings() {
    Map<String, Object> settings = new HashMap<>();
    if (properties != null) {
      settings.putAll(properties);
    }
    settings.put("bootstrap.servers", bootstrapServers);
    return settings;
  }

  /** Client settings may hold passwords. */
  @Override
  public String toString() {
    return "KafkaConfig[" + bootstrapServers + "]";
  }
}
