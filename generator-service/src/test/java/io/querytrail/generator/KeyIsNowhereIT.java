package io.querytrail.generator;

import static io.querytrail.generator.testkit.Admissions.admission;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import io.querytrail.demo.Ending;
import io.querytrail.demo.Fault;
import io.querytrail.demo.Latency;
import io.querytrail.demo.ModelServer;
import io.querytrail.events.ModelCandidate;
import io.querytrail.events.QueryAdmitted;
import io.querytrail.generator.testkit.Stack;
import io.querytrail.generator.testkit.Wire;
import io.querytrail.service.ConfigFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * A full run with every format and every way to fail, everything logged that can be: the key is in
 * no log, no event, no error, no metric and no answer of the health port, and a new key in the file
 * works without a restart.
 */
@ExtendWith(Stack.Extension.class)
class KeyIsNowhereIT {
  private static final String OLD_KEY = "sk-old-key-that-nobody-may-see";
  private static final String NEW_KEY = "sk-new-key-that-nobody-may-see";
  private static final List<String> FORMATS = List.of("openai", "anthropic", "gemini", "ollama");

  private final ListAppender<ILoggingEvent> logs = new ListAppender<>();

  @Test
  void findsTheKeyNowhereAndTakesANewOne(Stack stack, @TempDir Path directory) throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level before = root.getLevel();
    List<Logger> talkative =
        List.of("io.querytrail", "dev.langchain4j", "jdk.httpclient", "com.zaxxer").stream()
            .map(name -> (Logger) LoggerFactory.getLogger(name))
            .toList();
    logs.start();
    root.addAppender(logs);
    // Each of them: another test may have cut them off from the root.
    talkative.forEach(logger -> {
      logger.setLevel(Level.TRACE);
      logger.addAppender(logs);
    });
    List<String> seen = new ArrayList<>();
    Path file = directory.resolve("key");
    write(file, OLD_KEY);
    try (ModelServer server = server(OLD_KEY);
        Wire wire = new Wire(stack.bootstrapServers());
        GeneratorService service = service(stack, wire, server, file)) {
      run(server, wire, seen);
      seen.add(get(service, "/metrics"));
      seen.add(get(service, "/health/ready"));
      seen.add(service.toString());
    } finally {
      talkative.forEach(logger -> {
        logger.setLevel(null);
        logger.detachAppender(logs);
      });
      root.setLevel(before);
      root.detachAppender(logs);
    }
    assertThat(seen).hasSizeGreaterThan(20).noneMatch(KeyIsNowhereIT::holdsAKey);
    assertThat(logs.list)
        .isNotEmpty()
        .noneMatch(event -> holdsAKey(event.getFormattedMessage()))
        .noneMatch(event -> holdsAKey(String.valueOf(event.getKeyValuePairs())))
        .noneMatch(event -> holdsAKey(event.getThrowableProxy()));
  }

  @Test
  void worksOnWithANewKeyInTheFile(Stack stack, @TempDir Path directory) throws Exception {
    Path file = directory.resolve("key");
    write(file, OLD_KEY);
    try (ModelServer server = server(NEW_KEY);
        Wire wire = new Wire(stack.bootstrapServers());
        GeneratorService service = service(stack, wire, server, file)) {
      assertThat(service.failure()).isNotDone();
      assertThat(event(wire, question("openai"))).contains("\"errorType\": \"auth\"");
      write(file, NEW_KEY);
      assertThat(event(wire, question("openai"))).contains("SELECT count(*)");
    }
  }

  /** Faults that quote the key, as some providers do, are among them. */
  private static void run(ModelServer server, Wire wire, List<String> seen) {
    for (String format : FORMATS) {
      seen.add(event(wire, question(format)));
      List<Fault> faults =
          List.of(
              Fault.of(
                  new Fault.Effect.Status(
                      401,
                      OptionalInt.empty(),
                      "{\"error\": {\"message\": \"Incorrect API key: " + OLD_KEY + "\"}}")),
              Fault.of(new Fault.Effect.Body("{\"key\": \"" + OLD_KEY + "\"}")),
              Fault.of(new Fault.Effect.Words("the key is " + OLD_KEY)),
              Fault.status(500),
              Fault.truncated(),
              Fault.ends(Ending.REFUSAL));
      for (Fault fault : faults) {
        server.inject(fault);
        seen.add(event(wire, question(format)));
        server.clearFaults();
      }
    }
  }

  private static QueryAdmitted question(String format) {
    return admission(UUID.randomUUID().toString(), "How many customers do we have?")
        .setDatasource("demo")
        .setCandidates(List.of(new ModelCandidate(format, "m", "cheap")))
        .build();
  }

  private static String event(Wire wire, QueryAdmitted admission) {
    wire.admit(admission);
    ConsumerRecord<byte[], byte[]> record =
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> wire.generations(admission.getRequestId()), records -> records.size() == 1)
            .getFirst();
    assertThat(holdsAKey(new String(record.value(), StandardCharsets.UTF_8))).isFalse();
    return wire.event(record).toString() + record.headers();
  }

  private static ModelServer server(String key) {
    return ModelServer.start(
        ModelServer.Options.defaults().withLatency(Latency.NONE).withApiKey(key));
  }

  private static GeneratorService service(
      Stack stack, Wire wire, ModelServer server, Path keyFile) {
    stack.createDemoShop();
    StringBuilder providers = new StringBuilder();
    Map<String, String> urls =
        Map.of(
            "openai", server.baseUrl(),
            "anthropic", server.anthropicBaseUrl(),
            "gemini", server.geminiBaseUrl(),
            "ollama", server.ollamaBaseUrl());
    for (String format : FORMATS) {
      providers.append(
          "  %s: {kind: %s, baseUrl: '%s', apiKeyFile: '%s', retries: {baseDelay: PT0.01S}}%n"
              .formatted(format, format, urls.get(format), keyFile));
    }
    return GeneratorService.start(
        ConfigFile.parse(
            """
            kafka: {bootstrapServers: "%s"}
            http: {port: 0}
            groupId: %s
            datasources:
              demo: {jdbcUrl: "%s", user: shop_reader, password: reader}
            providers:
            %s\
            """
                .formatted(
                    stack.bootstrapServers(),
                    wire.groupAtTheEnd(),
                    stack.shopUrl().replace("/shop", "/demo"),
                    providers),
            GeneratorConfig.class,
            Map.of(),
            "test"));
  }

  private static void write(Path file, String key) throws IOException {
    if (!Files.exists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    Files.writeString(file, key + "\n");
  }

  private static String get(GeneratorService service, String path)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + service.httpPort() + path);
      return client
          .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  private static boolean holdsAKey(String text) {
    return text.contains(OLD_KEY) || text.contains(NEW_KEY);
  }

  private static boolean holdsAKey(IThrowableProxy thrown) {
    for (IThrowableProxy cause = thrown; cause != null; cause = cause.getCause()) {
      if (holdsAKey(String.valueOf(cause.getMessage()))) {
        return true;
      }
    }
    return false;
  }
}
