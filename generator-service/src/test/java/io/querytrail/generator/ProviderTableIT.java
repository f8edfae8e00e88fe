package io.querytrail.generator;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.audit.ledger.AttemptCharges;
import io.querytrail.audit.ledger.Charge;
import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.TokenCounts;
import io.querytrail.demo.Ending;
import io.querytrail.demo.Fault;
import io.querytrail.demo.Latency;
import io.querytrail.demo.ModelServer;
import io.querytrail.demo.Served;
import io.querytrail.demo.TokenUsage;
import io.querytrail.generator.model.Attempt;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.model.FallbackChain;
import io.querytrail.generator.model.Message;
import io.querytrail.generator.model.ModelAnswer;
import io.querytrail.generator.model.ModelCall;
import io.querytrail.generator.model.ModelName;
import io.querytrail.generator.model.Purpose;
import io.querytrail.generator.model.SendAllowance;
import io.querytrail.generator.model.Usage;
import io.querytrail.service.ConfigFile;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every way in which a provider can answer, in every wire format, over real HTTP: how it ends, what
 * was attempted and used, what the ledger charges for it, and in what time. The clients are those
 * of the service.
 */
class ProviderTableIT {
  private static final String KEY = "key-of-the-table";
  private static final List<String> FORMATS = List.of("openai", "anthropic", "gemini", "ollama");

  /** Calls of one test; more than any retry makes. */
  private static final int SENDS = 10;

  /** A call may take this long; nothing in the table has to. */
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private static final int MAX_INPUT = 8_000;
  private static final int MAX_OUTPUT = 500;

  /** Another price for each class, so that no token can be taken for one of another class. */
  private static final ModelPrice PRICE =
      new ModelPrice(
          new BigDecimal("1"),
          new BigDecimal("0.1"),
          new BigDecimal("1.25"),
          new BigDecimal("5"),
          new BigDecimal("7"));

  /** 8,000 tokens at 1.25 and 500 at 7, each for a million. */
  private static final Money CEILING = Money.of("0.0135");

  private static ModelServer server;
  private static int nobody;
  private static ModelClients clients;
  private static FallbackChain chain;

  @BeforeAll
  static void start() throws IOException {
    server =
        ModelServer.start(ModelServer.Options.defaults().withLatency(Latency.NONE).withApiKey(KEY));
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = socket.getLocalPort();
    }
    clients =
        new ModelClients(
            config().providers(), new SimpleMeterRegistry(), Clock.systemUTC(), new Random(7));
    chain = new FallbackChain(clients.client(), Clock.systemUTC());
  }

  @AfterAll
  static void stop() {
    clients.close();
    server.close();
  }

  @AfterEach
  void disarm() {
    server.clearFaults();
  }

  private static GeneratorConfig config() {
    StringBuilder providers = new StringBuilder();
    for (String format : FORMATS) {
      String common =
          "kind: %s, timeout: PT0.6S, retries: {tries: 3, baseDelay: PT0.02S, longestDelay: PT2S}"
              .formatted(format);
      String quiet = common + ", breaker: {failures: 1000}";
      providers
          .append(
              "  %s: {%s, baseUrl: '%s', apiKey: %s}%n".formatted(format, quiet, url(format), KEY))
          .append(
              "  %s-keyless: {%s, baseUrl: '%s', apiKey: wrong}%n"
                  .formatted(format, quiet, url(format)))
          .append(
              "  %s-nobody: {%s, baseUrl: 'http://127.0.0.1:%d/v1'}%n"
                  .formatted(format, quiet, nobody));
    }
    return ConfigFile.parse(
        "kafka: {bootstrapServers: unused}\nhttp: {port: 0}\ndatasources: {}\nproviders:\n"
            + providers,
        GeneratorConfig.class,
        Map.of(),
        "table");
  }

  private static String url(String format) {
    return switch (format) {
      case "anthropic" -> server.anthropicBaseUrl();
      case "gemini" -> server.geminiBaseUrl();
      case "ollama" -> server.ollamaBaseUrl();
      default -> server.baseUrl();
    };
  }

  /**
   * One row.
   *
   * @param fault null for none
   * @param provider what is added to the format's name
   * @param error null where an answer is had
   * @param attempts that are made
   * @param used whether the provider tells what was used
   * @param ceilings attempts that may have cost anything, and are charged the most that they can
   * @param sent whether something certainly or possibly left
   */
  private record Row(
      String name,
      @Nullable Fault fault,
      String provider,
      @Nullable ErrorType error,
      int attempts,
      boolean used,
      int ceilings,
      boolean sent,
      Duration atLeast) {
    Row(String name, Fault fault, ErrorType error, int attempts, boolean used, int ceilings) {
      this(name, fault, "", error, attempts, used, ceilings, true, Duration.ZERO);
    }

    Row failsWith(ErrorType other, int otherAttempts, boolean otherUsed) {
      return new Row(
          name, fault, provider, other, otherAttempts, otherUsed, ceilings, sent, atLeast);
    }
  }

  private static final List<Row> TABLE =
      List.of(
          new Row("ok", null, "", null, 1, true, 0, true, Duration.ZERO),
          new Row("wrong key", null, "-keyless", ErrorType.AUTH, 1, false, 0, true, Duration.ZERO),
          new Row("401", Fault.status(401), ErrorType.AUTH, 1, false, 0),
          new Row("408", Fault.status(408), ErrorType.TIMEOUT, 3, false, 3),
          new Row(
              "429 with Retry-After",
              Fault.rateLimited(1).times(1),
              "",
              null,
              2,
              true,
              0,
              true,
              Duration.ofSeconds(1)),
          new Row("429 for too long", Fault.rateLimited(60), ErrorType.RATE_LIMITED, 1, false, 0),
          new Row("500", Fault.status(500), ErrorType.HTTP_5XX, 3, false, 3),
          new Row("503", Fault.status(503), ErrorType.HTTP_5XX, 3, false, 3),
          new Row(
              "503, then well",
              Fault.status(503).times(2),
              "",
              null,
              3,
              true,
              2,
              true,
              Duration.ZERO),
          new Row(
              "connection refused",
              null,
              "-nobody",
              ErrorType.NETWORK,
              3,
              false,
              0,
              false,
              Duration.ZERO),
          new Row("reset in mid-body", Fault.truncated(), ErrorType.NETWORK, 3, false, 3),
          new Row(
              "drip",
              Fault.drip(Duration.ofMillis(50)),
              "",
              ErrorType.TIMEOUT,
              1,
              false,
              1,
              true,
              Duration.ofMillis(500)),
          new Row("empty", Fault.emptyBody(), ErrorType.BAD_RESPONSE, 1, false, 1),
          new Row("prose", Fault.prose(), ErrorType.NOT_JSON, 1, true, 0),
          new Row("broken JSON", Fault.brokenJson(), ErrorType.BAD_RESPONSE, 1, false, 1),
          new Row("wrong schema", Fault.wrongShape(), ErrorType.WRONG_SHAPE, 1, true, 0),
          new Row("max tokens", Fault.ends(Ending.MAX_TOKENS), ErrorType.TRUNCATED, 1, true, 0),
          new Row("refusal", Fault.ends(Ending.REFUSAL), ErrorType.REFUSED, 1, true, 0),
          new Row(
              "content filter", Fault.ends(Ending.CONTENT_FILTER), ErrorType.REFUSED, 1, true, 0));

  static Stream<Arguments> table() {
    return FORMATS.stream()
        .flatMap(
            format -> TABLE.stream().map(row -> Arguments.of(format, row.name(), of(format, row))));
  }

  /** Where a provider has its own way. */
  private static Row of(String format, Row row) {
    boolean declines = row.error() == ErrorType.REFUSED;
    if (format.equals("ollama") && declines) {
      return row.failsWith(ErrorType.NOT_JSON, 1, true);
    }
    if (format.equals("anthropic") && row.name().equals("content filter")) {
      return row.failsWith(ErrorType.REFUSED, 1, false);
    }
    return row;
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("table")
  void endsAsTheTableSays(String format, String name, Row row) {
    // Given
    if (row.fault() != null) {
      server.inject(row.fault());
    }
    int servedBefore = server.served().size();
    SendAllowance allowance = new SendAllowance(SENDS);
    long start = System.nanoTime();

    // When
    ModelAnswer answer = ask(List.of(model(format + row.provider())), allowance).answer();

    // Then
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertThat(took).isBetween(row.atLeast(), DEADLINE);
    assertThat(answer instanceof ModelAnswer.Failure failure ? failure.error() : null)
        .isEqualTo(row.error());
    assertThat(answer.attempts()).hasSize(row.attempts());
    assertThat(answer.attempts()).allMatch(attempt -> attempt.sent() == row.sent());
    assertThat(allowance.left()).isEqualTo(row.sent() ? SENDS - row.attempts() : SENDS);
    assertThat(answer.attempts().getLast().error()).isEqualTo(row.error());
    List<Served> served = server.served().subList(servedBefore, server.served().size());
    assertThat(served).hasSize(row.sent() ? row.attempts() : 0);
    assertUsage(format, row, answer.attempts().getLast(), served);
    assertMoney(format, row, answer.attempts(), served);
  }

  /** By the ledger's own code, against what the provider's log says that it would bill. */
  private static void assertMoney(
      String format, Row row, List<Attempt> attempts, List<Served> served) {
    Money expected = CEILING.times(row.ceilings());
    if (row.used()) {
      expected = expected.plus(billed(format, row, served.getLast().usage()));
    }
    List<Charge> charges = AttemptCharges.of(attempts, PRICE, MAX_INPUT, MAX_OUTPUT);
    assertThat(charges.stream().map(Charge::cost).reduce(Money.ZERO, Money::plus))
        .isEqualTo(expected);
    assertThat(charges.stream().filter(Charge::estimated)).hasSize(row.ceilings());
  }

  private static Money billed(String format, Row row, TokenUsage usage) {
    boolean filteredByGoogle = format.equals("gemini") && row.name().equals("content filter");
    // Ollama's own format does not tell what came from the cache, and runs on one's own machine.
    long cached = format.equals("ollama") ? 0 : usage.cachedTokens();
    return PRICE.cost(
        new TokenCounts(
            usage.promptTokens(), cached, 0, filteredByGoogle ? 0 : usage.completionTokens(), 0));
  }

  @Test
  void anotherKeyCountsAtOnceWhereTheOldOneWasRefusedTooOften(@TempDir Path directory)
      throws IOException {
    // Given
    Path file = directory.resolve("key");
    Files.writeString(file, "revoked");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    String yaml =
        """
        kafka: {bootstrapServers: unused}
        http: {port: 0}
        datasources: {}
        providers:
          rotated: {kind: openai, baseUrl: '%s', apiKeyFile: '%s', breaker: {failures: 2, openFor: PT1H}}
        """
            .formatted(server.baseUrl(), file);
    GeneratorConfig config = ConfigFile.parse(yaml, GeneratorConfig.class, Map.of(), "rotation");
    try (ModelClients rotated =
        new ModelClients(
            config.providers(), new SimpleMeterRegistry(), Clock.systemUTC(), new Random(7))) {
      FallbackChain rotatedChain = new FallbackChain(rotated.client(), Clock.systemUTC());
      List<@Nullable ErrorType> ends = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        ends.add(end(rotatedChain));
      }

      // When
      Files.writeString(file, KEY);
      ends.add(end(rotatedChain));

      // Then
      assertThat(ends)
          .containsExactly(ErrorType.AUTH, ErrorType.AUTH, ErrorType.BREAKER_OPEN, null);
    }
  }

  private static @Nullable ErrorType end(FallbackChain of) {
    SendAllowance allowance = new SendAllowance(SENDS);
    ModelAnswer answer = of.generate(call(allowance, DEADLINE), List.of(model("rotated"))).answer();
    return answer instanceof ModelAnswer.Failure failure ? failure.error() : null;
  }

  /** What we report is what the provider would bill, or nothing where it did not say. */
  private static void assertUsage(String format, Row row, Attempt last, List<Served> served) {
    if (!row.used()) {
      assertThat(last.usage()).isNull();
      return;
    }
    TokenUsage billed = served.getLast().usage();
    boolean filteredByGoogle = format.equals("gemini") && row.name().equals("content filter");
    Usage usage = last.usage();
    assertThat(usage).isNotNull();
    assertThat(usage.input()).isEqualTo(billed.promptTokens());
    assertThat(usage.output()).isEqualTo(filteredByGoogle ? 0 : billed.completionTokens());
    switch (format) {
      case "openai", "anthropic" ->
          assertThat(usage.cachedInput()).isEqualTo(billed.cachedTokens());
      case "gemini" ->
          assertThat(usage.cachedInput())
              .isEqualTo(billed.cachedTokens() == 0 ? null : Long.valueOf(billed.cachedTokens()));
      default -> assertThat(usage.cachedInput()).isNull();
    }
  }

  @Test
  void fallsBackThroughAllFormatsAndReportsEveryAttempt() {
    // Given: the first two are down, the third writes prose, the fourth answers
    server.inject(Fault.prose().times(1));
    SendAllowance allowance = new SendAllowance(6);

    // When
    FallbackChain.Result result =
        ask(
            List.of(
                model("openai-nobody"),
                model("anthropic-keyless"),
                model("gemini"),
                model("ollama")),
            allowance);

    // Then
    assertThat(result.answer()).isInstanceOf(ModelAnswer.Text.class);
    assertThat(((ModelAnswer.Text) result.answer()).model()).isEqualTo(model("ollama"));
    assertThat(result.degraded())
        .contains(
            "openai-nobody:m failed with network, anthropic-keyless:m failed with auth,"
                + " gemini:m failed with not_json");
    assertThat(result.answer().attempts())
        .extracting(attempt -> attempt.model().provider())
        .containsExactly(
            "openai-nobody",
            "openai-nobody",
            "openai-nobody",
            "anthropic-keyless",
            "gemini",
            "ollama");
    assertThat(result.answer().attempts())
        .extracting(Attempt::error)
        .containsExactly(
            ErrorType.NETWORK,
            ErrorType.NETWORK,
            ErrorType.NETWORK,
            ErrorType.AUTH,
            ErrorType.NOT_JSON,
            null);
    assertThat(allowance.left()).isEqualTo(3);
  }

  @Test
  void retriesLeaveASendForEachModelAfterThem() {
    server.inject(Fault.status(500));
    SendAllowance allowance = new SendAllowance(3);
    ModelAnswer answer = ask(List.of(model("openai"), model("anthropic")), allowance).answer();
    assertThat(answer.attempts())
        .extracting(attempt -> attempt.model().provider())
        .containsExactly("openai", "openai", "anthropic");
    assertThat(allowance.left()).isZero();
  }

  @Test
  void theDeadlineBoundsAllTriesOfAllModelsTogether() {
    server.inject(Fault.drip(Duration.ofMillis(50)));
    Duration deadline = Duration.ofMillis(900);
    List<ModelName> models = new ArrayList<>();
    FORMATS.forEach(format -> models.add(model(format)));
    long start = System.nanoTime();
    ModelAnswer answer = chain.generate(call(new SendAllowance(SENDS), deadline), models).answer();
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(Duration.ofMillis(800), Duration.ofSeconds(5));
    assertThat(answer.attempts())
        .hasSize(2)
        .allMatch(attempt -> attempt.error() == ErrorType.TIMEOUT);
  }

  private static FallbackChain.Result ask(List<ModelName> models, SendAllowance allowance) {
    return chain.generate(call(allowance, DEADLINE), models);
  }

  private static ModelCall call(SendAllowance allowance, Duration deadline) {
    return new ModelCall(
        model("openai"),
        List.of(
            new Message(Message.Role.SYSTEM, "Write SQL as JSON."),
            new Message(Message.Role.USER, "How many customers do we have?")),
        MAX_INPUT,
        MAX_OUTPUT,
        Clock.systemUTC().instant().plus(deadline),
        Purpose.GENERATE,
        allowance,
        0);
  }

  private static ModelName model(String provider) {
    return new ModelName(provider, "m");
  }
}
