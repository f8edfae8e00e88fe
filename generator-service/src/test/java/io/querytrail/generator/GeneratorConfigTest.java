package io.querytrail.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.querytrail.service.ConfigException;
import io.querytrail.service.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeneratorConfigTest {
  private static final Path EXAMPLE = Path.of("src/main/config/generator-service.yaml");
  private static final String KEY = "sk-test-key-that-must-not-be-seen";

  @Test
  void exampleWorksWithNothingSet() {
    GeneratorConfig config = ConfigFile.load(EXAMPLE, GeneratorConfig.class, Map.of());

    assertThat(config.groupId()).isEqualTo("querytrail-generator");
    assertThat(config.maxInFlight()).isEqualTo(1_000);
    assertThat(config.drainTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.schemaCacheTtl()).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.answerCache())
        .satisfies(cache -> {
          assertThat(cache.kind()).isEqualTo(AnswerCacheConfig.Kind.MEMORY);
          assertThat(cache.ttl()).isEqualTo(Duration.ofHours(1));
          assertThat(cache.maxEntries()).isEqualTo(10_000);
          assertThat(cache.timeout()).isEqualTo(Duration.ofMillis(50));
        });
    assertThat(headers(config)).isEmpty();
    assertThat(config.datasources()).containsKey("shop");
  }

  @Test
  void exampleTakesKeysFromTheEnvironmentAndHidesThem() {
    GeneratorConfig config =
        ConfigFile.load(
            EXAMPLE,
            GeneratorConfig.class,
            Map.of("OPENAI_API_KEY", KEY, "SHOP_PASSWORD", KEY, "HTTP_PORT", "0"));

    assertThat(headers(config)).containsExactly(Map.entry("Authorization", "Bearer " + KEY));
    assertThat(config.http().port()).isZero();
    assertThat(config.toString()).doesNotContain(KEY);
  }

  @Test
  void defaultsWhatIsLeftOut() {
    GeneratorConfig config =
        parse(
            """
            kafka: {bootstrapServers: "localhost:9092"}
            http: {port: 0}
            providers:
              local: {kind: openai, baseUrl: "http://localhost:11434/v1"}
            datasources:
              shop: {jdbcUrl: "jdbc:postgresql://localhost/shop", user: reader}
            """);

    assertThat(config.maxInFlight()).isEqualTo(1_000);
    assertThat(only(config.providers()).timeout()).isEqualTo(Duration.ofSeconds(60));
    assertThat(only(config.datasources()).maxConnections()).isEqualTo(8);
    assertThat(only(config.datasources()).statementTimeout()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void putsTheKeyInTheHeaderThatIsAskedFor() {
    GeneratorConfig config =
        parse(
            """
            kafka: {bootstrapServers: "localhost:9092"}
            http: {port: 0}
            providers:
              azure:
                kind: openai
                baseUrl: https://example.com/openai/v1
                apiKey: secret
                authHeader: api-key
                headers: {X-Team: data}
            datasources: {}
            """);

    assertThat(headers(config))
        .containsOnly(Map.entry("api-key", "secret"), Map.entry("X-Team", "data"));
  }

  @ParameterizedTest
  @CsvSource({
    "openai, https://api.openai.com/v1, Authorization, Bearer k",
    "anthropic, https://api.anthropic.com/v1, x-api-key, k",
    "gemini, https://generativelanguage.googleapis.com/v1beta, x-goog-api-key, k",
    "ollama, http://localhost:11434, Authorization, Bearer k"
  })
  void knowsWhereAndHowEachKindIsCalled(String kind, String url, String header, String value) {
    GeneratorConfig config =
        parse(
            """
            kafka: {bootstrapServers: "localhost:9092"}
            http: {port: 0}
            providers: {one: {kind: %s, apiKey: k}}
            datasources: {}
            """
                .formatted(kind));
    assertThat(only(config.providers()).baseUrl()).isEqualTo(url);
    assertThat(headers(config)).containsExactly(Map.entry(header, value));
  }

  @Test
  void takesTheKeyFromAFileAndTheNextOneWithoutARestart(@TempDir Path directory)
      throws IOException {
    Path file = directory.resolve("key");
    Files.writeString(file, KEY + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    GeneratorConfig config = parse(withKeyFile(file));
    RequestHeaders headers = new RequestHeaders(only(config.providers()), InstantSource.system());
    assertThat(headers.get()).containsExactly(Map.entry("Authorization", "Bearer " + KEY));
    Files.writeString(file, "sk-next\n");
    assertThat(headers.get()).containsExactly(Map.entry("Authorization", "Bearer sk-next"));
    assertThat(config.toString()).doesNotContain(KEY);
  }

  @Test
  void refusesAKeyFileThatOthersMayRead(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("key");
    Files.writeString(file, KEY);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> parse(withKeyFile(file)))
        .hasMessageContaining("providers.one.apiKeyFile: " + file + " is open to others")
        .hasMessageContaining("chmod 600")
        .hasMessageNotContaining(KEY);
  }

  private static String withKeyFile(Path file) {
    return """
    kafka: {bootstrapServers: "localhost:9092"}
    http: {port: 0}
    providers: {one: {kind: openai, apiKeyFile: "%s"}}
    datasources: {}
    """
        .formatted(file);
  }

  @Test
  void timeOfADatasourcesAnswersIsOfNoUseWithoutACache() {
    assertThatThrownBy(() ->
            parse(
                """
                kafka: {bootstrapServers: "localhost:9092"}
                http: {port: 0}
                providers: {}
                datasources:
                  shop: {jdbcUrl: "jdbc:postgresql://localhost/shop", user: reader, answerCacheTtl: PT1M}
                """))
        .hasMessageContaining("datasources.shop.answerCacheTtl: is of no use without answerCache");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kind: redis                                        | url: is not of the form redis://HOST:PORT
          kind: redis, url: "http://localhost:6379"          | url: is not of the form redis://HOST:PORT
          kind: redis, url: "redis://a:%1$s@localhost:6379"  | url: is not of the form redis://HOST:PORT
          kind: memcached                                    | servers: is []; name at least one
          kind: memcached, servers: [localhost]              | servers: is [localhost]; name at least one
          kind: memory, url: "redis://localhost"             | url: is of no use where kind is not redis
          kind: memory, password: %1$s                       | password: is of no use where kind is not redis
          kind: memory, servers: ["localhost:11211"]         | servers: is of no use where kind is not memcached
          kind: memory, keyPrefix: "a b"                     | keyPrefix: is 'a b'
          kind: memory, timeout: PT1M                        | timeout: is PT1M
          """)
  void saysWhatIsWrongWithAnAnswerCache(String cache, String problem) {
    assertThatThrownBy(() ->
            parse(
                """
                kafka: {bootstrapServers: "localhost:9092"}
                http: {port: 0}
                answerCache: {%s}
                providers: {}
                datasources: {}
                """
                    .formatted(cache.formatted(KEY))))
        .hasMessageContaining("answerCache." + problem)
        .hasMessageNotContaining(KEY);
  }

  @Test
  void saysAllThatIsWrongWithItsPath() {
    assertThatThrownBy(() ->
            parse(
                """
                kafka: {}
                http: {port: 70000}
                maxInFlight: 0
                drainTimeout: PT10M
                groupid: typo
                answerCache: {ttl: PT0S, maxEntries: 0}
                providers:
                  openai: {kind: openai, baseUrl: "ftp://x", apiKey: "a\\nb", timeout: PT0S,
                    proxy: "socks://x", maxConcurrent: 0, retries: {tries: 0, baseDelay: PT0S},
                    breaker: {failures: 0, openFor: PT0S}}
                datasources:
                  shop: {jdbcUrl: "jdbc:mysql://x", user: "", statementTimeout: PT0S, answerCacheTtl: PT-1S}
                """))
        .asInstanceOf(type(ConfigException.class))
        .extracting(ConfigException::problems)
        .asString()
        .contains("groupid: unknown key")
        .contains("kafka.bootstrapServers: is missing")
        .contains("http.port: is 70000")
        .contains("maxInFlight: is 0")
        .contains("drainTimeout: is PT10M")
        .contains("answerCache.ttl: is PT0S")
        .contains("answerCache.maxEntries: is 0")
        .contains("datasources.shop.answerCacheTtl: is PT-1S")
        .contains("providers.openai.baseUrl: is 'ftp://x'")
        .contains("providers.openai.apiKey: holds a character")
        .contains("providers.openai.timeout: is PT0S")
        .contains("providers.openai.proxy: has another form than http://HOST:PORT")
        .contains("providers.openai.maxConcurrent: is 0")
        .contains("providers.openai.retries.tries: is 0")
        .contains("providers.openai.retries.baseDelay: is PT0S")
        .contains("providers.openai.breaker.failures: is 0")
        .contains("providers.openai.breaker.openFor: is PT0S")
        .contains("datasources.shop.jdbcUrl: has another form than jdbc:postgresql:")
        .contains("datasources.shop.user: is missing")
        .contains("datasources.shop.statementTimeout: is PT0S");
  }

  private static Map<String, String> headers(GeneratorConfig config) {
    return new RequestHeaders(only(config.providers()), InstantSource.system()).get();
  }

  private static GeneratorConfig parse(String yaml) {
    return ConfigFile.parse(yaml, GeneratorConfig.class, Map.of(), "test");
  }

  private static <T> T only(Map<String, T> map) {
    return map.values().iterator().next();
  }
}
