package io.querytrail.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {
  record Model(String name, @Nullable BigDecimal price) implements ValidConfig {
    @Override
    public void check(Problems problems) {
      problems.required("name", name);
      problems.require(
          price == null || price.signum() >= 0, "price", "is " + price + "; use 0 or more");
    }
  }

  enum Mode {
    FAST,
    SAFE
  }

  record Shop(
      @Nullable HttpConfig http,
      @Nullable Secret key,
      @Nullable List<Model> models,
      @Nullable Map<String, Model> byName,
      @Nullable Mode mode,
      @Nullable Duration pause,
      @Nullable Integer threads)
      implements ValidConfig {
    @Override
    public void check(Problems problems) {
      problems.nested("http", http);
      problems.required("key", key);
      if (models != null) {
        problems.each("models", models);
      }
      if (byName != null) {
        problems.each("byName", byName);
      }
    }
  }

  private static final String SOUND =
      """
      http: {port: 8080}
      key: topsecret
      """;

  @Test
  void readsATreeOfRecords() {
    // When
    Shop shop =
        parse(
            SOUND
                + """
                models:
                  - {name: small, price: 0.15}
                byName:
                  "openai:gpt": {name: gpt, price: 2.50}
                mode: FAST
                pause: PT5S
                """);

    // Then
    assertThat(shop.http()).isEqualTo(new HttpConfig("127.0.0.1", 8080));
    assertThat(shop.models()).containsExactly(new Model("small", new BigDecimal("0.15")));
    assertThat(shop.byName()).containsOnlyKeys("openai:gpt");
    assertThat(shop.mode()).isEqualTo(Mode.FAST);
    assertThat(shop.pause()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void takesVariablesOfTheEnvironmentAndTheirDefaults() {
    // Given
    String yaml =
        """
        http: {host: "${HOST:-0.0.0.0}", port: "${PORT:-8081}"}
        key: a-${KEY}-${SUFFIX:-z}
        threads: ${THREADS:-}
        """;

    // When
    Shop shop = parse(yaml, Map.of("PORT", "9000", "KEY", "$1\\b", "HOST", ""));

    // Then
    assertThat(shop.http()).as("empty counts as unset").isEqualTo(new HttpConfig("0.0.0.0", 9000));
    assertThat(shop.key()).extracting(Secret::reveal).isEqualTo("a-$1\\b-z");
    assertThat(shop.threads()).isNull();
  }

  @Test
  void variableThatIsSetToNothingIsTakenAsItIsWhereNoDefaultIsGiven() {
    assertThat(problems("http: {port: 1}\nkey: \"x${EMPTY}\"\n", Map.of("EMPTY", ""))).isEmpty();
  }

  @Test
  void missingVariableIsNamedWithItsKeyAndOnlyOnce() {
    assertThat(problems("http: {port: \"${PORT}\"}\nkey: ${KEY}\n", Map.of()))
        .containsExactly(
            "http.port: environment variable PORT is not set and has no default",
            "key: environment variable KEY is not set and has no default");
  }

  @Test
  void everyUnknownKeyIsReportedWithItsPathAndTheKnownOnes() {
    assertThat(
            problems(
                SOUND
                    + """
                    htpp: {port: 1}
                    models:
                      - {name: a}
                      - {nmae: b, name: b}
                    byName:
                      "openai:gpt/4": {name: c, cost: {x: [1]}}
                    """))
        .containsExactlyInAnyOrder(
            "htpp: unknown key; known keys are"
                + " [byName, http, key, mode, models, pause, threads]",
            "models[1].nmae: unknown key; known keys are [name, price]",
            "byName.openai:gpt/4.cost: unknown key; known keys are [name, price]");
  }

  @Test
  void everyValueOfAWrongTypeIsReportedWithItsPath() {
    assertThat(
            problems(
                """
                http: {port: eighty}
                key: topsecret
                models: [{name: a, price: cheap}, {name: {a: 1}}]
                mode: SLOW
                pause: soon
                threads: [1]
                """))
        .satisfiesExactly(
            line -> assertThat(line).startsWith("http.port: is 'eighty'"),
            line -> assertThat(line).startsWith("models[0].price: is 'cheap'"),
            line -> assertThat(line).startsWith("models[1].name: is a group of keys"),
            line -> assertThat(line).startsWith("mode: is 'SLOW'").contains("FAST"),
            line -> assertThat(line).startsWith("pause: is 'soon'"),
            line -> assertThat(line).startsWith("threads: is a list"));
  }

  @Test
  void groupWhereAValueBelongsAndTheOtherWayRound() {
    assertThat(problems("http: 8080\nkey: k\nmodels: {a: 1}\nbyName: [1]\n"))
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).isEqualTo("http: is a single value, not a group of keys"),
            line -> assertThat(line).startsWith("models: is a group of keys, not a list"),
            line -> assertThat(line).startsWith("byName: is a list, not a group of keys"));
  }

  @Test
  void missingKeysAreReportedTogetherWithTheirPaths() {
    assertThat(problems("models: [{price: 1}, {name: ' '}]\nbyName: {x: {price: -1}, y: }\n"))
        .containsExactly(
            "http: is missing",
            "key: is missing",
            "models[0].name: is missing",
            "models[1].name: is missing",
            "byName.x.name: is missing",
            "byName.x.price: is -1; use 0 or more",
            "byName.y: is missing");
  }

  @Test
  void missingNumberIsMissingAndNotZero() {
    assertThat(problems("http: {host: localhost}\nkey: k\n"))
        .containsExactly("http.port: is missing");
    assertThat(problems("http: {port: }\nkey: k\n")).containsExactly("http.port: is missing");
  }

  @Test
  void problemsOfAllKindsAreReportedTogether() {
    assertThat(
            problems(
                """
                http: {host: "${HOST}"}
                hello: world
                threads: many
                models: [{price: -2}]
                """))
        .containsExactlyInAnyOrder(
            "http.host: environment variable HOST is not set and has no default",
            "http.port: is missing",
            "hello: unknown key; known keys are"
                + " [byName, http, key, mode, models, pause, threads]",
            "threads: is 'many', not a valid `java.lang.Integer` value",
            "key: is missing",
            "models[0].name: is missing",
            "models[0].price: is -2; use 0 or more");
  }

  @Test
  void keyThatStandsTwiceIsAnError() {
    assertThat(problems(SOUND + "key: other\n"))
        .singleElement()
        .satisfies(line -> assertThat(line).contains("Duplicate field 'key'").contains("line 3"));
  }

  @Test
  void secondDocumentIsNotReadOverInSilence() {
    assertThat(problems(SOUND + "---\n" + SOUND))
        .containsExactly("holds more than one YAML document");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "\n\n", "# only a comment\n", "---\n", "just text", "- a\n- b\n", "42"})
  void fileWithoutKeysIsAnError(String yaml) {
    assertThat(problems(yaml)).containsExactly("holds no keys");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http: {port: 1}\nkey: \"topsecret\n",
        "key: topsecret: x\n",
        "key: topsecret\n\tb: 1\n",
        "key: @topsecret\n",
        "- key\nb: topsecret\n",
        "key: topsecret\n  http: [",
        "key: k\nhttp: topsecret\n",
        "key: k\nhttp: [topsecret]\n",
        "key: [topsecret]\nhttp: {port: 1}\n",
        "key: {is: topsecret}\nhttp: {port: 1}\n",
        "key: topsecret\nkey: topsecret\n",
        "http: {port: 99999}\nkey: topsecret\n",
        "key: topsecret\n"
      })
  void errorNeverShowsASecret(String yaml) {
    ConfigException error = error(yaml, Map.of());

    assertThat(error).hasMessageNotContaining("topsecret");
    assertThat(error.problems()).isNotEmpty();
  }

  @Test
  void secretIsNotSeenInWhatPrintsIt() {
    Shop shop = parse(SOUND);

    assertThat(shop.toString()).doesNotContain("topsecret").contains("[secret]");
    assertThat(String.valueOf(shop.key())).isEqualTo("[secret]");
  }

  @Test
  void brokenYamlIsNamedWithItsLine() {
    assertThat(problems("http: {port: 1}\nkey: \"open\n"))
        .singleElement()
        .satisfies(line -> assertThat(line).startsWith("is not YAML: ").endsWith("at line 2"));
  }

  @Test
  void fileThatIsNotThereOrNotAFileIsNamed(@TempDir Path directory) {
    Path missing = directory.resolve("no.yaml");

    assertThat(loadError(missing)).hasMessageContaining(missing + ":\n  there is no such file");
    assertThat(loadError(directory)).hasMessageContaining("cannot be read");
  }

  @Test
  void fileThatIsNotTextIsNamed(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("binary.yaml");
    Files.write(file, new byte[] {(byte) 0xC3, 0x28, 0, 1});

    assertThat(loadError(file)).hasMessageContaining("cannot be read");
  }

  @Test
  void fileIsReadWithTheEnvironmentOfTheProcess(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("shop.yaml");
    Files.writeString(file, SOUND, StandardCharsets.UTF_8);

    assertThat(ConfigFile.load(file, Shop.class).http()).isNotNull();
  }

  private static ConfigException loadError(Path file) {
    return catchThrowableOfType(ConfigException.class, () -> ConfigFile.load(file, Shop.class));
  }

  private static Shop parse(String yaml) {
    return parse(yaml, Map.of());
  }

  private static Shop parse(String yaml, Map<String, String> environment) {
    return ConfigFile.parse(yaml, Shop.class, environment, "shop.yaml");
  }

  private static List<String> problems(String yaml) {
    return problems(yaml, Map.of());
  }

  private static List<String> problems(String yaml, Map<String, String> environment) {
    try {
      parse(yaml, environment);
      return List.of();
    } catch (ConfigException e) {
      return e.problems();
    }
  }

  private static ConfigException error(String yaml, Map<String, String> environment) {
    return catchThrowableOfType(ConfigException.class, () -> parse(yaml, environment));
  }
}
