package io.querytrail.cli;

import io.querytrail.audit.AuditStreamConfig;
import io.querytrail.audit.AuditStreamService;
import io.querytrail.embedded.EmbeddedKafka;
import io.querytrail.embedded.EmbeddedPostgres;
import io.querytrail.generator.GeneratorConfig;
import io.querytrail.generator.GeneratorService;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TopicAdmin;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.service.HttpConfig;
import io.querytrail.service.KafkaConfig;
import io.querytrail.service.Secret;
import io.querytrail.service.Service;
import io.querytrail.sink.MetricsSink;
import io.querytrail.sink.MetricsSinkConfig;
import io.querytrail.sink.postgres.LogRoles;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;

/**
 * Everything in this JVM: a real Kafka broker, a real PostgreSQL, the topics, and the three
 * services as they run anywhere else. What it keeps stands in the state directory and is there
 * again after the next start.
 */
final class Stack implements AutoCloseable {
  private static final String LOG_DATABASE = "querytrail";
  private static final HttpConfig FREE_PORT = new HttpConfig("127.0.0.1", 0);
  private static final Duration READY_WITHIN = Duration.ofSeconds(90);
  private static final Duration READY_POLL = Duration.ofMillis(50);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final List<Service> services = new ArrayList<>();
  private final StateDirectory state;
  private final Connection connection;

  private Stack(StateDirectory state, Connection connection) {
    this.state = state;
    this.connection = connection;
  }

  /**
   * Starts it all and returns when it is ready for requests.
   *
   * @param setUp told the running PostgreSQL, says which models and databases there are
   * @param progress told what happens, in words
   */
  static Stack start(
      StateDirectory state,
      Function<EmbeddedPostgres, StackConfig> setUp,
      Consumer<String> progress) {
    Deque<AutoCloseable> started = new ArrayDeque<>();
    try {
      CompletableFuture<EmbeddedKafka> broker =
          CompletableFuture.supplyAsync(() -> EmbeddedKafka.start(state.privateDirectory("kafka")));
      EmbeddedPostgres postgres;
      try {
        postgres = EmbeddedPostgres.start(state.resolve("postgres"));
        started.push(postgres);
      } finally {
        started.push(broker.join());
      }
      EmbeddedKafka kafka = broker.join();
      progress.accept("Kafka broker       " + kafka.bootstrapServers());
      progress.accept("PostgreSQL         127.0.0.1:" + postgres.port());
      StackConfig config = setUp.apply(postgres);
      KafkaConfig kafkaConfig = new KafkaConfig(kafka.bootstrapServers(), Map.of());
      createTopics(kafkaConfig);
      Log log = logDatabase(postgres, state);
      Stack stack = new Stack(state, connection(kafkaConfig, log, config));
      started.descendingIterator().forEachRemaining(stack.parts::push);
      stack.startServices(config, log);
      progress.accept(
          "topics             %d, %d partitions each"
              .formatted(Topic.values().length, Topic.DEFAULT_PARTITIONS));
      for (Service service : stack.services) {
        progress.accept(
            "%-18s http://127.0.0.1:%d/metrics".formatted(service.name(), service.httpPort()));
      }
      state.writeConnection(stack.connectionFile());
      return stack;
    } catch (RuntimeException e) {
      started.forEach(Stack::closeQuietly);
      throw e instanceof CompletionException && e.getCause() instanceof RuntimeException cause
          ? cause
          : e;
    }
  }

  private static void createTopics(KafkaConfig kafka) {
    try (Admin admin = Admin.create(kafka.clientSettings())) {
      TopicAdmin.createMissing(admin, Topic.DEFAULT_PARTITIONS, (short) 1);
    }
  }

  /** The log as each of its roles sees it. */
  private record Log(DatabaseConfig migrator, DatabaseConfig writer, DatabaseConfig reader) {}

  private static Log logDatabase(EmbeddedPostgres postgres, StateDirectory state) {
    postgres.createDatabaseIfAbsent(LOG_DATABASE);
    String url = postgres.jdbcUrl(LOG_DATABASE);
    try (java.sql.Connection admin =
        DriverManager.getConnection(url, postgres.superuser(), postgres.password())) {
      LogRoles.create(admin);
      return new Log(
          login(admin, url, LogRoles.MIGRATOR, state),
          login(admin, url, LogRoles.WRITER, state),
          login(admin, url, LogRoles.READER, state));
    } catch (SQLException e) {
      throw new CommandException(
          ExitCodes.FAILED, "cannot prepare the log database: " + e.getMessage());
    }
  }

  private static DatabaseConfig login(
      java.sql.Connection admin, String url, String role, StateDirectory state)
      throws SQLException {
    String password = state.secret(role);
    LogRoles.setPassword(admin, role, password);
    return new DatabaseConfig(url, role, new Secret(password), null);
  }

  private static Connection connection(KafkaConfig kafka, Log log, StackConfig config) {
    Map<String, DatabaseConfig> datasources = new LinkedHashMap<>();
    config
        .datasources()
        .forEach((name, source) ->
            datasources.put(
                name,
                new DatabaseConfig(
                    source.jdbcUrl(), source.user(), source.password(), source.maxConnections())));
    return new Connection(kafka, log.reader(), log.migrator(), datasources, null);
  }

  private void startServices(StackConfig config, Log log) {
    try {
      add(
          MetricsSink.start(
              new MetricsSinkConfig(
                  connection.kafka(),
                  FREE_PORT,
                  log.writer(),
                  null,
                  null,
                  null,
                  null,
                  null,
                  log.migrator())));
      add(
          AuditStreamService.start(
              new AuditStreamConfig(
                  connection.kafka(),
                  FREE_PORT,
                  state.resolve("audit-stream"),
                  "audit-stream-1",
                  null,
                  null,
                  null,
                  new AuditStreamConfig.ChainConfig(
                      "chain-1", new Secret(state.secret("chain-key"))),
                  null,
                  config.alertWebhook(),
                  null)));
      add(
          GeneratorService.start(
              new GeneratorConfig(
                  connection.kafka(),
                  FREE_PORT,
                  null,
                  null,
                  null,
                  null,
                  null,
                  config.answerCache(),
                  config.providers(),
                  config.datasources())));
      awaitReady();
    } catch (RuntimeException e) {
      services.reversed().forEach(Stack::closeQuietly);
      throw e;
    }
  }

  private void add(Service service) {
    services.add(service);
  }

  private void awaitReady() {
    long deadline = System.nanoTime() + READY_WITHIN.toNanos();
    for (Service service : services) {
      while (!service.health().reasonsAgainstReady().isEmpty()) {
        if (System.nanoTime() > deadline) {
          throw new CommandException(
              ExitCodes.FAILED,
              "%s is not ready after %d s: %s"
                  .formatted(
                      service.name(),
                      READY_WITHIN.toSeconds(),
                      service.health().reasonsAgainstReady()));
        }
        LockSupport.parkNanos(READY_POLL.toNanos());
      }
    }
  }

  private Map<String, Object> connectionFile() {
    Map<String, Object> datasources = new LinkedHashMap<>();
    if (connection.datasources() != null) {
      connection
          .datasources()
          .forEach((name, database) -> datasources.put(name, database(database)));
    }
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("kafka", Map.of("bootstrapServers", connection.kafka().bootstrapServers()));
    file.put("log", database(connection.log()));
    file.put("logOwner", database(connection.owner()));
    file.put("datasources", datasources);
    file.put(
        "generators",
        services.stream()
            .filter(GeneratorService.class::isInstance)
            .map(service -> "http://127.0.0.1:" + service.httpPort())
            .toList());
    return file;
  }

  private static Map<String, Object> database(DatabaseConfig database) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("jdbcUrl", database.jdbcUrl());
    map.put("user", database.user());
    map.put("password", database.password() == null ? "" : database.password().reveal());
    return map;
  }

  /** Where its parts are. */
  Connection connection() {
    return connection;
  }

  /** Completes exceptionally with the first service that cannot go on. */
  CompletableFuture<Object> failure() {
    return CompletableFuture.anyOf(
        services.stream().map(Service::failure).toArray(CompletableFuture[]::new));
  }

  /** Stops in the order of the flow, so that nobody loses what they still write to. */
  @Override
  public synchronized void close() {
    if (parts.isEmpty()) {
      return;
    }
    state.removeConnection();
    services.reversed().forEach(Stack::closeQuietly);
    services.clear();
    parts.forEach(Stack::closeQuietly);
    parts.clear();
  }

  private static void closeQuietly(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      System.err.println("querytrail: while stopping: " + e);
    }
  }
}
