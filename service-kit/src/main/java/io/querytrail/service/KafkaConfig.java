package io.querytrail.service;

import java.util.Collections;
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
    // Not Map.copyOf: a key without a value is for check() to name.
    properties =
        properties == null ? Map.of() : Collections.unmodifiableMap(new HashMap<>(properties));
  }

  @Override
  public void check(Problems problems) {
    problems.required("bootstrapServers", bootstrapServers);
    if (properties != null) {
      properties.forEach((name, value) -> problems.required("properties." + name, value));
    }
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
