package io.querytrail.cli;

import static org.awaitility.Awaitility.await;

import io.querytrail.demo.Latency;
import io.querytrail.demo.ModelServer;
import io.querytrail.demo.ShopDatabase;
import io.querytrail.embedded.EmbeddedKafka;
import io.querytrail.embedded.EmbeddedPostgres;
import io.querytrail.embedded.ServiceProcess;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TopicAdmin;
import io.querytrail.service.ConfigFile;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.service.KafkaConfig;
import io.querytrail.service.Secret;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/**
 * Kafka, PostgreSQL with the sample shop and a model server in this JVM, and services as processes
 * of their own, as an operator would start them.
 */
final class ServiceFleet implements AutoCloseable {
  /** The longest that a killed audit-stream can hold back readers. */
  static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(10);

  private static final Duration STARTED_WITHIN = Duration.ofMinutes(3);

  private final Path directory;
  private EmbeddedKafka kafka;
  private final EmbeddedPostgres postgres;
  private final ModelServer models;
  private final Deque<ServiceProcess> services = new ArrayDeque<>();

  private ServiceFleet(
      Path directory, EmbeddedKafka kafka, EmbeddedPostgres postgres, ModelServer models) {
    this.directory = directory;
    this.kafka = kafka;
    this.postgres = postgres;
    this.models = models;
  }

  /** Starts the servers, with topics and databases, and no service yet. */
  static ServiceFleet start(Path directory, Latency latency) {
    ServiceFleet fleet =
        new ServiceFleet(
            directory,
            EmbeddedKafka.start(directory.resolve("kafka")),
            EmbeddedPostgres.start(directory.resolve("postgres")),
            ModelServer.start(ModelServer.Options.defaults().withLatency(latency)));
    fleet.prepare();
    return fleet;
  }

  private void prepare() {
    try (Admin admin = Admin.create(kafka().clientSettings())) {
      TopicAdmin.createMissing(admin, Topic.DEFAULT_PARTITIONS, (short) 1);
    }
    postgres.createDatabaseIfAbsent("querytrail");
    postgres.createDatabaseIfAbsent("shop");
    ShopDatabase.create(postgres.jdbcUrl("shop"), postgres.superuser(), postgres.password());
    ShopDatabase.createReader(
        postgres.jdbcUrl("shop"), postgres.superuser(), postgres.password(), "reader-password");
  }

  KafkaConfig kafka() {
    return new KafkaConfig(kafka.bootstrapServers(), Map.of());
  }

  ModelServer models() {
    return models;
  }

  ServiceProcess startSink() throws IOException {
    return start(
        "metrics-sink",
        "io.querytrail.sink.Main",
        """
        kafka: {bootstrapServers: "%s"}
        http: {port: 0}
        database: {jdbcUrl: "%s", user: %s, password: "%s"}
        """
            .formatted(
                kafka.bootstrapServers(),
                postgres.jdbcUrl("querytrail"),
                postgres.superuser(),
                postgres.password()));
  }

  ServiceProcess startStream() throws IOException {
    return start(
        "audit-stream",
        "io.querytrail.audit.Main",
        """
        kafka: {bootstrapServers: "%s"}
        http: {port: 0}
        stateDir: "%s"
        instanceId: audit-stream-1
        transactionTimeoutMillis: %d
        chain: {keyId: test, key: 0123456789abcdef}
        """
            .formatted(
                kafka.bootstrapServers(),
                directory.resolve("ledger"),
                TRANSACTION_TIMEOUT.toMillis()));
  }

  ServiceProcess startGenerator() throws IOException {
    return startGenerator(1_000);
  }

  /**
   * Starts a generator.
   *
   * @param maxInFlight calls at a time at most
   */
  ServiceProcess startGenerator(int maxInFlight) throws IOException {
    return start(
        "generator-service",
        "io.querytrail.generator.Main",
        """
        kafka: {bootstrapServers: "%s"}
        http: {port: 0}
        maxInFlight: %d
        providers:
          openai: {kind: openai, baseUrl: "%s"}
        datasources:
          shop: {jdbcUrl: "%s", user: shop_reader, password: reader-password}
        """
            .formatted(
                kafka.bootstrapServers(), maxInFlight, models.baseUrl(), postgres.jdbcUrl("shop")));
  }

  private ServiceProcess start(String name, String mainClass, String yaml) throws IOException {
    ServiceProcess service = ServiceProcess.start(name, mainClass, directory, yaml);
    services.push(service);
    return service;
  }

  /** Stops the broker in order and starts it again in its place. */
  void restartBroker() {
    int port = URI.create("kafka://" + kafka.bootstrapServers()).getPort();
    kafka.close();
    kafka = EmbeddedKafka.start(directory.resolve("kafka"), port);
  }

  /** One number of the log. */
  BigDecimal number(String sql) throws SQLException {
    return column(sql, result -> result.getBigDecimal(1)).getFirst();
  }

  /** The first column of the log's rows. */
  List<String> texts(String sql) throws SQLException {
    return column(sql, result -> result.getString(1));
  }

  private interface Reading<T> {
    T of(ResultSet row) throws SQLException;
  }

  private <T> List<T> column(String sql, Reading<T> reading) throws SQLException {
    DatabaseConfig log =
        new DatabaseConfig(
            postgres.jdbcUrl("querytrail"),
            postgres.superuser(),
            new Secret(postgres.password()),
            1);
    try (java.sql.Connection connection = LogDatabase.open(log).getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<T> values = new ArrayList<>();
      while (result.next()) {
        values.add(reading.of(result));
      }
      return values;
    }
  }

  /**
   * Applies an account's policy and waits until the stream has it in force; on a busy machine the
   * stream may take longer to start than the command waits.
   */
  void apply(String yaml) {
    AccountFile account = ConfigFile.parse(yaml, AccountFile.class, Map.of(), "account");
    await()
        .atMost(STARTED_WITHIN)
        .ignoreException(CommandException.class)
        .until(() -> new Accounts(kafka()).apply(account) > 0);
  }

  @Override
  public void close() throws InterruptedException {
    for (ServiceProcess service : services) {
      service.close();
    }
    models.close();
    postgres.close();
    kafka.close();
  }
}
