package io.querytrail.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://db/log, false",
    "jdbc:postgresql://db/log?sslmode=require, false",
    "jdbc:postgresql://db/log?sslmode=verify-ca, false",
    "'jdbc:postgresql://localhost:5432,db:5432/log', false",
    "jdbc:postgresql://127.0.0.1.example.com/log, false",
    "jdbc:postgresql://db/log?sslmode=verify-full, true",
    "jdbc:postgresql://db/log?tcpKeepAlive=true&sslmode=verify-full&sslrootcert=ca.pem, true",
    "jdbc:postgresql://localhost/log, true",
    "jdbc:postgresql://127.0.0.1:5432/log?connectTimeout=5, true",
    "jdbc:postgresql://[::1]:5432/log, true",
    "jdbc:postgresql:log, true"
  })
  void productionProvesTheServersNameUnlessItIsHere(String url, boolean accepted) {
    List<String> found = problems(new DatabaseConfig(url, "ada", null, null, PoolProfile.PROD));

    if (accepted) {
      assertThat(found).isEmpty();
    } else {
      assertThat(found).singleElement().asString().contains("jdbcUrl", "sslmode=verify-full");
    }
    assertThat(problems(new DatabaseConfig(url, "ada", null, null))).isEmpty();
  }

  @Test
  void profileSaysHowManyConnectionsThereAre() {
    String url = "jdbc:postgresql://localhost/log";

    assertThat(new DatabaseConfig(url, "ada", null, null).maxConnections()).isEqualTo(5);
    assertThat(new DatabaseConfig(url, "ada", null, null, PoolProfile.DEV).maxConnections())
        .isEqualTo(3);
    assertThat(new DatabaseConfig(url, "ada", null, 4, PoolProfile.PROD).maxConnections())
        .isEqualTo(4);
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
