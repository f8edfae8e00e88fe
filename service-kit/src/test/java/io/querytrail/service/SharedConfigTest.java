package io.querytrail.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SharedConfigTest {
  @Test
  void kafkaSettingsPassThroughAndAreNotPrinted() {
    KafkaConfig config =
        new KafkaConfig("kafka:9092", Map.of("sasl.jaas.config", "password=topsecret"));

    assertThat(config.clientSettings())
        .containsEntry("bootstrap.servers", "kafka:9092")
        .containsEntry("sasl.jaas.config", "password=topsecret");
    assertThat(config.toString()).doesNotContain("topsecret");
  }

  @Test
  void kafkaSettingWithoutAValueIsNamed() {
    KafkaConfig config = new KafkaConfig("kafka:9092", Collections.singletonMap("acks", noValue()));

    assertThat(problems(config)).containsExactly("properties.acks: is missing");
  }

  @SuppressWarnings("NullAway") // What Jackson makes of "acks:" in a file.
  private static String noValue() {
    return null;
  }

  @Test
  void databaseAddressOfAnotherFormIsRefusedWithoutShowingIt() {
    DatabaseConfig config =
        new DatabaseConfig("postgres://ada:topsecret@db/shop", "ada", null, null);

    assertThat(problems(config))
        .singleElement()
        .satisfies(line -> assertThat(line).startsWith("jdbcUrl: ").doesNotContain("topsecret"));
  }

  @Test
  void databaseIsPrintedWithoutPasswords() {
    DatabaseConfig config =
        new DatabaseConfig(
            "jdbc:postgresql://db/shop?password=topsecret", "ada", new Secret("topsecret"), null);

    assertThat(config.toString()).isEqualTo("DatabaseConfig[ada@jdbc:postgresql://db/shop]");
  }

  @Test
  void poolOfNoConnectionsIsRefused() {
    assertThat(problems(new DatabaseConfig("jdbc:postgresql://db/shop", "ada", null, 0)))
        .containsExactly("maxConnections: is 0; use 1 or more");
    assertThat(problems(new DatabaseConfig("jdbc:postgresql://db/shop", "ada", null, null)))
        .isEmpty();
  }

  @Test
  void portOutOfRangeIsRefused() {
    assertThat(problems(new HttpConfig(null, 65_536)))
        .containsExactly("port: is 65536; use 0 to 65535");
    assertThat(problems(new HttpConfig(null, -1))).hasSize(1);
    assertThat(problems(new HttpConfig(null, 0))).isEmpty();
  }

  private static java.util.List<String> problems(@Nullable ValidConfig config) {
    Problems problems = new Problems();
    problems.nested("x", config);
    return problems.found().stream().map(line -> line.substring("x.".length())).toList();
  }
}
