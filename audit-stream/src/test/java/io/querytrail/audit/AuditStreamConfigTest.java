package io.querytrail.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.querytrail.service.ConfigException;
import io.querytrail.service.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AuditStreamConfigTest {
  private static final Path EXAMPLE = Path.of("src/main/config/audit-stream.yaml");
  private static final Map<String, String> KEY = Map.of("CHAIN_KEY", "0123456789abcdef");

  @Test
  void exampleNeedsNothingButAChainKey() {
    // When
    AuditStreamConfig config = ConfigFile.load(EXAMPLE, AuditStreamConfig.class, KEY);

    // Then
    assertThat(config.kafka().bootstrapServers()).isEqualTo("localhost:9092");
    assertThat(config.http().port()).isEqualTo(8082);
    assertThat(config.threads()).isEqualTo(2);
    assertThat(config.commitIntervalMillis()).isEqualTo(10);
    assertThat(config.chain().keyId()).isEqualTo("chain-1");
    assertThat(config.pricesFile()).isNull();
    assertThat(config.toString()).doesNotContain("0123456789abcdef");
  }

  @Test
  void exampleWithoutTheChainKeyIsRefused() {
    assertThat(problems(EXAMPLE, Map.of()))
        .containsExactly("chain.key: environment variable CHAIN_KEY is not set and has no default");
    assertThat(problems(EXAMPLE, Map.of("CHAIN_KEY", "short")))
        .containsExactly("chain.key: is shorter than 16 bytes");
  }

  @Test
  void unknownKeyIsRefusedWithTheKnownOnes() throws IOException {
    String yaml = Files.readString(EXAMPLE) + "\nthread: 4\n";

    assertThat(problems(yaml))
        .singleElement()
        .satisfies(line -> assertThat(line).startsWith("thread: unknown key").contains("threads"));
  }

  @Test
  void everythingThatIsMissingOrOutOfRangeIsNamed() {
    assertThat(
            problems(
                """
                http: {port: 70000}
                threads: 0
                commitIntervalMillis: 10000
                transactionTimeoutMillis: 10000
                """))
        .containsExactlyInAnyOrder(
            "kafka: is missing",
            "http.port: is 70000; use 0 to 65535",
            "stateDir: is missing",
            "instanceId: is missing",
            "chain: is missing",
            "threads: is 0; use 1 or more",
            "commitIntervalMillis: must be below transactionTimeoutMillis");
  }

  private static List<String> problems(String yaml) {
    return catchThrowableOfType(
            ConfigException.class,
            () -> ConfigFile.parse(yaml, AuditStreamConfig.class, KEY, "test.yaml"))
        .problems();
  }

  private static List<String> problems(Path file, Map<String, String> environment) {
    return catchThrowableOfType(
            ConfigException.class,
            () -> ConfigFile.load(file, AuditStreamConfig.class, environment))
        .problems();
  }
}
