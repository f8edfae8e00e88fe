package io.querytrail.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.querytrail.service.ConfigException;
import io.querytrail.service.ConfigFile;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MetricsSinkConfigTest {
  private static final String LEAST =
      """
      kafka:
        bootstrapServers: localhost:9092
      http:
        port: 0
      database:
        jdbcUrl: jdbc:postgresql://localhost/querytrail
        user: querytrail
      """;

  private static MetricsSinkConfig parse(String yaml) {
    return ConfigFile.parse(yaml, MetricsSinkConfig.class, Map.of(), "test.yaml");
  }

  @Test
  void loadsTheExample() {
    MetricsSinkConfig config =
        ConfigFile.load(
            Path.of("src/main/config/metrics-sink.yaml"),
            MetricsSinkConfig.class,
            Map.of("KAFKA_BOOTSTRAP_SERVERS", "broker:9092"));

    assertThat(config.kafka().bootstrapServers()).isEqualTo("broker:9092");
    assertThat(config.http().port()).isEqualTo(8083);
    assertThat(config.database().jdbcUrl())
        .isEqualTo("jdbc:postgresql://localhost:5432/querytrail");
  }

  @Test
  void exampleStatesTheDefaults() {
    MetricsSinkConfig example =
        ConfigFile.load(
            Path.of("src/main/config/metrics-sink.yaml"), MetricsSinkConfig.class, Map.of());
    MetricsSinkConfig least = parse(LEAST);

    assertThat(example.groupId()).isEqualTo(least.groupId());
    assertThat(example.batch()).isEqualTo(least.batch());
    assertThat(example.partitionsAhead()).isEqualTo(least.partitionsAhead());
    assertThat(example.percentilesEverySeconds()).isEqualTo(least.percentilesEverySeconds());
    assertThat(example.retention()).isEqualTo(least.retention());
  }

  @Test
  void fillsInDefaults() {
    MetricsSinkConfig config = parse(LEAST);

    assertThat(config.groupId()).isEqualTo("querytrail-metrics-sink");
    assertThat(config.batch()).isEqualTo(new MetricsSinkConfig.Batch(10_000, 33_554_432L, 50));
    assertThat(config.partitionsAhead()).isEqualTo(3);
  }

  @Test
  void refusesUnknownKeys() {
    assertThatThrownBy(() -> parse(LEAST + "batch:\n  maxRow: 5\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("batch.maxRow: unknown key");
  }

  @Test
  void namesEachWrongKey() {
    assertThatThrownBy(() ->
            parse(
                """
                kafka: {}
                http:
                  port: 70000
                batch:
                  maxRows: 0
                  lingerMillis: -1
                partitionsAhead: 99
                percentilesEverySeconds: 1
                retention:
                  archiveDir: /tmp/x
                """))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e ->
                assertThat(e.problems())
                    .containsExactly(
                        "kafka.bootstrapServers: is missing",
                        "http.port: is 70000; use 0 to 65535",
                        "database: is missing",
                        "batch.maxRows: is 0; use 1 to 100000",
                        "batch.lingerMillis: is -1; use 0 to 60000",
                        "partitionsAhead: is 99; use 0 to 24",
                        "percentilesEverySeconds: is 1; use 10 to 86400",
                        "retention.archiveDir: means nothing without months"));
  }
}
