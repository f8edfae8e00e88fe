package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.querytrail.demo.Latency;
import io.querytrail.demo.ModelServer;
import io.querytrail.demo.ShopDatabase;
import io.querytrail.embedded.EmbeddedKafka;
import io.querytrail.embedded.EmbeddedPostgres;
import io.querytrail.embedded.ServiceProcess;
import io.querytrail.events.BudgetBalance;
import io.querytrail.events.QueryApproved;
import io.querytrail.events.QueryRejected;
import io.querytrail.events.QueryRequested;
import io.querytrail.schemas.RequestProducer;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TopicAdmin;
import io.querytrail.service.ConfigFile;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.service.KafkaConfig;
import io.querytrail.service.Secret;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The three services as processes of their own, killed in the middle of 2,000 requests. */
final class KillIT {
  private static final int REQUESTS = 2_000;
  private static final List<String> ACCOUNTS = List.of("a1", "a2", "a3", "a4", "a5", "a6");
  private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(10);

  /**
   * The broker looks for transactions over their time once a second, and a poll adds its own wait.
   */
  private static final Duration MEASURING = Duration.ofSeconds(2);

  @TempDir Path directory;

  private final Map<String, AtomicInteger> verdicts = new ConcurrentHashMap<>();
  private final AtomicInteger verdictCount = new AtomicInteger();
  private final AtomicLong longestStallMillis = new AtomicLong();
  private final AtomicBoolean done = new AtomicBoolean();

  @Test
  void givesEachRequestOneVerdictAndOneRowThroughTheDeathOfEveryService() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"));
        EmbeddedPostgres postgres = EmbeddedPostgres.start(directory.resolve("postgres"));
        ModelServer models =
            ModelServer.start(
                ModelServer.Options.defaults()
                    .withLatency(new Latency(Duration.ofMillis(60), 0.3, 1)))) {
      KafkaConfig kafkaConfig = new KafkaConfig(kafka.bootstrapServers(), Map.of());
      prepare(kafkaConfig, postgres);
      try (ServiceProcess sink =
              ServiceProcess.start(
                  "metrics-sink", "io.querytrail.sink.Main", directory, sink(kafka, postgres));
          ServiceProcess stream =
              ServiceProcess.start(
                  "audit-stream", "io.querytrail.audit.Main", directory, stream(kafka));
          ServiceProcess generator =
              ServiceProcess.start(
                  "generator-service",
                  "io.querytrail.generator.Main",
                  directory,
                  generator(kafka, postgres, models))) {
        applyPolicies(kafkaConfig);
        Thread reader = Thread.ofPlatform().start(() -> readVerdicts(kafkaConfig));
        Thread asker = Thread.ofPlatform().start(() -> ask(kafkaConfig));

        // When each service dies in turn, with work in hand
        killAt(300, sink);
        killAt(650, stream);
        killAt(1_000, generator);
        killAt(1_300, stream);

        // Then all of it comes to its end all the same
        asker.join();
        awaitAll(verdictCount::get, stream, generator, sink);
        awaitAll(
            () -> (int) number(postgres, "SELECT count(*) FROM ai_query_log").longValue(),
            stream,
            generator,
            sink);
        done.set(true);
        reader.join();
      }
      assertVerdicts();
      assertRows(postgres);
      assertSums(kafkaConfig, postgres);
      assertThat(Duration.ofMillis(longestStallMillis.get()))
          .as("longest time that a committed approval or rejection was kept from a reader")
          .isLessThanOrEqualTo(TRANSACTION_TIMEOUT.plus(MEASURING));
    }
  }

  private static void prepare(KafkaConfig kafka, EmbeddedPostgres postgres) {
    try (Admin admin = Admin.create(kafka.clientSettings())) {
      TopicAdmin.createMissing(admin, Topic.DEFAULT_PARTITIONS, (short) 1);
    }
    postgres.createDatabaseIfAbsent("querytrail");
    postgres.createDatabaseIfAbsent("shop");
    ShopDatabase.create(postgres.jdbcUrl("shop"), postgres.superuser(), postgres.password());
    ShopDatabase.createReader(
        postgres.jdbcUrl("shop"), postgres.superuser(), postgres.password(), "reader-password");
  }

  private static String sink(EmbeddedKafka kafka, EmbeddedPostgres postgres) {
    return """
    kafka: {bootstrapServers: "%s"}
    http: {port: 0}
    database: {jdbcUrl: "%s", user: %s, password: "%s"}
    """
        .formatted(
            kafka.bootstrapServers(),
            postgres.jdbcUrl("querytrail"),
            postgres.superuser(),
            postgres.password());
  }

  private String stream(EmbeddedKafka kafka) {
    return """
    kafka: {bootstrapServers: "%s"}
    http: {port: 0}
    stateDir: "%s"
    instanceId: audit-stream-1
    transactionTimeoutMillis: %d
    chain: {keyId: test, key: 0123456789abcdef}
    """
        .formatted(
            kafka.bootstrapServers(), directory.resolve("ledger"), TRANSACTION_TIMEOUT.toMillis());
  }

  private static String generator(
      EmbeddedKafka kafka, EmbeddedPostgres postgres, ModelServer models) {
    return """
    kafka: {bootstrapServers: "%s"}
    http: {port: 0}
    providers:
      openai: {kind: openai, baseUrl: "%s"}
    datasources:
      shop: {jdbcUrl: "%s", user: shop_reader, password: reader-password}
    """
        .formatted(kafka.bootstrapServers(), models.baseUrl(), postgres.jdbcUrl("shop"));
  }

  /** Also waits until the stream runs: it answers each policy. */
  private static void applyPolicies(KafkaConfig kafka) throws InterruptedException {
    for (String account : ACCOUNTS) {
      new Accounts(kafka)
          .apply(
              ConfigFile.parse(
                  """
                  account: %s
                  budgets: [{scope: account, period: total, limit: 1000}]
                  models: [{provider: openai, model: gpt-4o-mini}]
                  maxSends: 1
                  datasources: [{name: shop, schemas: [shop]}]
                  """
                      .formatted(account),
                  AccountFile.class,
                  Map.of(),
                  account));
    }
  }

  private static void ask(KafkaConfig kafka) {
    try (RequestProducer producer = RequestProducer.open(kafka.clientSettings(), "test")) {
      for (int i = 0; i < REQUESTS; i++) {
        producer.ask(
            QueryRequested.newBuilder()
                .setRequestId("r-" + i)
                .setAccount(ACCOUNTS.get(i % ACCOUNTS.size()))
                .setUser("ann")
                .setQuestion("How many customers do we have?")
                .build());
      }
    }
  }

  private void readVerdicts(KafkaConfig kafka) {
    try (TopicReader reader = new TopicReader(kafka)) {
      List<TopicPartition> partitions = new ArrayList<>(reader.partitions(Topic.APPROVALS));
      partitions.addAll(reader.partitions(Topic.REJECTIONS));
      reader.atBeginning(partitions).follow(record -> count(reader, record), () -> !done.get());
    }
  }

  private void count(TopicReader reader, ConsumerRecord<byte[], byte[]> record) {
    longestStallMillis.accumulateAndGet(System.currentTimeMillis() - record.timestamp(), Math::max);
    SpecificRecord event = reader.event(record).orElseThrow();
    String id =
        switch (event) {
          case QueryApproved approved -> approved.getRequestId();
          case QueryRejected rejected -> rejected.getRequestId();
          default -> throw new AssertionError(event);
        };
    verdicts.computeIfAbsent(id, ignored -> new AtomicInteger()).incrementAndGet();
    verdictCount.incrementAndGet();
  }

  private void killAt(int verdictsSeen, ServiceProcess service) throws Exception {
    await().atMost(Duration.ofMinutes(3)).until(() -> verdictCount.get() >= verdictsSeen);
    service.killAndRestart();
  }

  private interface Count {
    int now() throws SQLException;
  }

  private static void awaitAll(Count count, ServiceProcess... services) {
    await()
        .atMost(Duration.ofMinutes(4))
        .pollInterval(Duration.ofMillis(200))
        .failFast(() -> {
          for (ServiceProcess service : services) {
            assertThat(service.isAlive()).as("%s", service.log()).isTrue();
          }
        })
        .until(() -> count.now() >= REQUESTS);
  }

  private void assertVerdicts() {
    assertThat(verdicts).hasSize(REQUESTS);
    assertThat(verdicts.values()).allSatisfy(count -> assertThat(count.get()).isEqualTo(1));
  }

  private static void assertRows(EmbeddedPostgres postgres) throws SQLException {
    assertThat(number(postgres, "SELECT count(*) FROM ai_query_log"))
        .isEqualByComparingTo("" + REQUESTS);
    assertThat(number(postgres, "SELECT count(DISTINCT request_id) FROM ai_query_log"))
        .isEqualByComparingTo("" + REQUESTS);
    // What the killed generator had in hand may have been paid for, and is not called again.
    assertThat(
            number(
                postgres,
                "SELECT count(*) FROM ai_query_log WHERE verdict = 'APPROVED' OR lower(reason) = 'interrupted'"))
        .isEqualByComparingTo("" + REQUESTS);
  }

  /** The same money wherever it is counted, and nothing still held. */
  private static void assertSums(KafkaConfig kafka, EmbeddedPostgres postgres) throws SQLException {
    BigDecimal log = number(postgres, "SELECT sum(cost) FROM ai_query_log");
    assertThat(log).isPositive();
    assertThat(number(postgres, "SELECT sum(cost) FROM llm_attempts")).isEqualByComparingTo(log);
    assertThat(number(postgres, "SELECT sum(cost) FROM cost_daily")).isEqualByComparingTo(log);
    List<BudgetBalance> balances = new ArrayList<>();
    ACCOUNTS.forEach(account -> balances.addAll(BudgetCommand.balances(kafka, account)));
    assertThat(balances).hasSize(ACCOUNTS.size());
    assertThat(
            balances.stream()
                .map(BudgetBalance::getSettled)
                .reduce(BigDecimal.ZERO, BigDecimal::add))
        .isEqualByComparingTo(log);
    assertThat(balances)
        .allSatisfy(balance -> {
          assertThat(balance.getHeld()).isZero();
          assertThat(balance.getOpenHolds()).isZero();
        });
  }

  private static BigDecimal number(EmbeddedPostgres postgres, String sql) throws SQLException {
    DatabaseConfig log =
        new DatabaseConfig(
            postgres.jdbcUrl("querytrail"),
            postgres.superuser(),
            new Secret(postgres.password()),
            1);
    try (java.sql.Connection connection = LogDatabase.open(log).getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getBigDecimal(1);
    }
  }
}
