package io.querytrail.audit;

import static io.querytrail.audit.SampleEvents.amount;
import static io.querytrail.audit.SampleEvents.generated;
import static io.querytrail.audit.SampleEvents.policy;
import static io.querytrail.audit.SampleEvents.request;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.querytrail.audit.AuditStreamConfig.ChainConfig;
import io.querytrail.embedded.EmbeddedKafka;
import io.querytrail.events.LedgerEvent;
import io.querytrail.events.LedgerEventKind;
import io.querytrail.events.PriceList;
import io.querytrail.events.QueryAdmitted;
import io.querytrail.events.QueryAudited;
import io.querytrail.events.QueryCorrected;
import io.querytrail.events.QueryRejected;
import io.querytrail.schemas.DeadLetter;
import io.querytrail.schemas.Partitions;
import io.querytrail.schemas.RequestProducer;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TopicAdmin;
import io.querytrail.service.HttpConfig;
import io.querytrail.service.KafkaConfig;
import io.querytrail.service.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service on a real broker. Each test has an account of its own. */
class AuditStreamServiceIT {
  private static final int PARTITIONS = 2;

  @TempDir static Path directory;
  private static EmbeddedKafka kafka;
  private static BrokerTopics topics;

  @BeforeAll
  static void startBroker() {
    kafka = EmbeddedKafka.start(directory.resolve("kafka"));
    try (Admin admin = admin(kafka)) {
      TopicAdmin.createMissing(admin, PARTITIONS, (short) 1);
    }
    topics = new BrokerTopics(kafka.bootstrapServers());
  }

  @AfterAll
  static void stopBroker() {
    topics.close();
    kafka.close();
  }

  @Test
  void requestIsAdmittedAnsweredAndSealed() throws Exception {
    try (AuditStreamService service = start("flow", "p1")) {
      // Given
      apply("flow", "1");

      // When
      try (RequestProducer producer =
          RequestProducer.open(Map.of("bootstrap.servers", kafka.bootstrapServers()), "test")) {
        producer.ask(request("r-1").setAccount("flow").build()).get(30, SECONDS);
      }

      // Then
      QueryAdmitted admitted = awaitAdmission("flow", "r-1");
      assertThat(admitted.getHeld()).isEqualTo(amount("0.004"));

      // When
      topics.write(
          Topic.GENERATIONS,
          "flow",
          generated("r-1", "n-1", "SELECT 1").setAccount("flow").build());

      // Then
      QueryAudited audited =
          topics.await(Topic.AUDIT, QueryAudited.class, event -> event.getAccount().equals("flow"));
      assertThat(audited.getCost()).isEqualTo(amount("0.0005"));
      assertThat(audited.getRequestPartition()).isEqualTo(Partitions.of("flow", PARTITIONS));
      assertThat(audited.getChainSequence()).isEqualTo(1);
      assertThat(get(service, "/health/ready").statusCode()).isEqualTo(200);
      assertThat(get(service, "/metrics").body())
          .contains("querytrail_admissions_total{outcome=\"admitted\"}")
          .contains("kafka_stream");
    }
  }

  @Test
  void requestThatNobodyAnswersExpiresAndALateAnswerCorrectsItsCharge() throws Exception {
    try (AuditStreamService service = start("expiry", "p1")) {
      // Given
      assertThat(service.failure()).isNotDone();
      topics.write(
          Topic.ACCOUNTS,
          "expiry",
          policy(1, "1").setAccount("expiry").setDeadlineSeconds(1).build());
      awaitPolicy("expiry");

      // When
      ask("expiry", "r-1");
      awaitAdmission("expiry", "r-1");

      // Then
      QueryRejected rejected = awaitRejection("expiry", "r-1");
      assertThat(rejected.getReason()).isEqualTo("EXPIRED");
      assertThat(rejected.getCost()).isEqualTo(amount("0.004"));

      // When
      topics.write(
          Topic.GENERATIONS,
          "expiry",
          generated("r-1", "n-1", "SELECT 1").setAccount("expiry").build());

      // Then
      QueryCorrected corrected =
          topics.await(
              Topic.AUDIT, QueryCorrected.class, event -> event.getAccount().equals("expiry"));
      assertThat(corrected.getDelta()).isEqualTo(amount("-0.0035"));
    }
  }

  @Test
  void ledgerSurvivesARestartAndTheLossOfItsDirectory() throws Exception {
    // Given a budget of one hold, and the hold is out
    try (AuditStreamService service = start("restart", "p1")) {
      assertThat(service.failure()).isNotDone();
      apply("restart", "0.004");
      ask("restart", "r-1");
      awaitAdmission("restart", "r-1");
    }

    // When it starts again where it was
    try (AuditStreamService service = start("restart", "p1")) {
      assertThat(service.failure()).isNotDone();
      ask("restart", "r-2");

      // Then
      assertThat(awaitRejection("restart", "r-2").getReceipt().getHeld())
          .isEqualTo(amount("0.004"));
    }

    // When it starts with nothing but what Kafka has
    try (AuditStreamService service = start("restart-elsewhere", "p1")) {
      assertThat(service.failure()).isNotDone();
      ask("restart", "r-3");

      // Then
      assertThat(awaitRejection("restart", "r-3").getReceipt().getHeld())
          .isEqualTo(amount("0.004"));
      ask("restart", "r-1");
      ask("restart", "r-4");
      awaitRejection("restart", "r-4");
      assertThat(topics.events(Topic.ADMISSIONS, QueryAdmitted.class))
          .as("asked again, answered once")
          .filteredOn(event -> event.getAccount().equals("restart"))
          .hasSize(1);
    }
  }

  @Test
  void recordsOfEverySizeLeaveTheStreamRunning() throws Exception {
    try (AuditStreamService service = start("sizes", "p1")) {
      // Given a policy and garbage near the largest size, and more than that once uncompressed
      String name = "x".repeat(1_900_000);
      topics.write(
          Topic.ACCOUNTS, "sizes", policy(1, "1").setAccount("sizes").setDisplayName(name).build());
      awaitPolicy("sizes");
      byte[] noise = new byte[Topic.MAX_RECORD_BYTES - 10_000];
      new Random(1).nextBytes(noise);
      noise[0] = 1;
      topics.write(Topic.REQUESTS, null, "sizes", noise);
      topics.write(Topic.REQUESTS, null, "sizes", new byte[20_000_000]);

      // When
      ask("sizes", "r-1");

      // Then
      awaitAdmission("sizes", "r-1");
      assertThat(
              topics.awaitHeader(Topic.DEAD_LETTERS, DeadLetter.ERROR_CLASS, "UNDECODABLE").value())
          .isEqualTo(noise);
      assertThat(
              topics
                  .awaitHeader(Topic.DEAD_LETTERS, DeadLetter.ERROR_CLASS, "RECORD_TOO_LARGE")
                  .value())
          .isEmpty();
      assertThat(service.failure()).isNotDone();
    }
  }

  @Test
  void requestOfAProducerThatPartsKeysInAnotherWayIsAdmittedAllTheSame() throws Exception {
    try (AuditStreamService service = start("stray", "p1")) {
      apply("stray", "1");
      int elsewhere = (Partitions.of("stray", PARTITIONS) + 1) % PARTITIONS;

      topics.write(Topic.REQUESTS, elsewhere, "stray", request("r-1").setAccount("stray").build());

      awaitAdmission("stray", "r-1");
      assertThat(get(service, "/metrics").body())
          .contains("querytrail_requests_rerouted_total 1.0");
    }
  }

  @Test
  void stateThatCannotBeIsAFailureAndNotTriedForEver() throws Exception {
    // Given an account
    try (EmbeddedKafka own = EmbeddedKafka.start(directory.resolve("kafka-failure"))) {
      try (Admin admin = admin(own)) {
        TopicAdmin.createMissing(admin, 1, (short) 1);
      }
      try (BrokerTopics ownTopics = new BrokerTopics(own.bootstrapServers())) {
        try (AuditStreamService service = start(own, "failure", "p1")) {
          assertThat(service.failure()).isNotDone();
          ownTopics.write(Topic.ACCOUNTS, "acme", policy(1, "1").build());
          ownTopics.await(Topic.LEDGER, LedgerEvent.class, event -> true);
        }

        // When its row comes back from the changelog as something else
        overwrite(own, "account|acme");
        try (AuditStreamService service = start(own, "failure-elsewhere", "p1")) {
          ownTopics.write(Topic.REQUESTS, "acme", request("r-1").build());

          // Then
          Awaitility.await().atMost(60, SECONDS).until(() -> service.failure().isDone());
          assertThat(service.failure()).isCompletedExceptionally();
          assertThat(get(service, "/health/live").statusCode()).isEqualTo(503);
        }
      }
    }
  }

  private static void overwrite(EmbeddedKafka broker, String row) throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new StringSerializer(),
            new StringSerializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  AuditStreamService.GROUP + "-ledger-changelog", row, "a row of another program"))
          .get(30, SECONDS);
    }
  }

  @Test
  void admissionIsChargedByItsPriceAfterTheTablesWereReplaced() throws Exception {
    // Given
    try (AuditStreamService service = start("upgrade", "p1")) {
      assertThat(service.failure()).isNotDone();
      apply("upgrade", "1");
      ask("upgrade", "r-1");
      assertThat(awaitAdmission("upgrade", "r-1").getPriceVersion()).isEqualTo("p1");
    }

    // When another table has come in place of the one that it was admitted by
    try (AuditStreamService service = start("upgrade", "p2")) {
      assertThat(service.failure()).isNotDone();
      ask("upgrade", "r-2");
      QueryAdmitted after = awaitAdmission("upgrade", "r-2");
      answer("upgrade", "r-1");
      answer("upgrade", "r-2");

      // Then
      assertThat(after.getPriceVersion()).isEqualTo("p2");
      QueryAudited old = awaitAudit("upgrade", "r-1");
      assertThat(old.getPriceVersion()).isEqualTo("p1");
      assertThat(old.getCost()).isEqualTo(amount("0.0005"));
      assertThat(awaitAudit("upgrade", "r-2").getCost()).isEqualTo(amount("0.0025"));
    }
  }

  @Test
  void appliedPricesAreThereAfterARestartAndTheLossOfTheDirectory() throws Exception {
    // Given a broker of its own: a table is for all accounts
    try (EmbeddedKafka own = EmbeddedKafka.start(directory.resolve("kafka-applied"))) {
      try (Admin admin = admin(own)) {
        TopicAdmin.createMissing(admin, PARTITIONS, (short) 1);
      }
      try (BrokerTopics ownTopics = new BrokerTopics(own.bootstrapServers())) {
        try (AuditStreamService service = start(own, "applied", "p1")) {
          ownTopics.write(Topic.ACCOUNTS, "acme", policy(1, "1").build());
          for (int partition = 0; partition < PARTITIONS; partition++) {
            ownTopics.write(Topic.PRICES, partition, "applied-1", applied());
          }
          Awaitility.await()
              .atMost(60, SECONDS)
              .untilAsserted(() ->
                  assertThat(get(service, "/metrics").body())
                      .contains("querytrail_prices_total{outcome=\"applied\"} 2.0"));
        }

        // When it starts with nothing but what Kafka has
        try (AuditStreamService service = start(own, "applied-elsewhere", "p1")) {
          assertThat(service.failure()).isNotDone();
          ownTopics.write(Topic.REQUESTS, "acme", request("r-1").build());

          // Then
          assertThat(
                  ownTopics
                      .await(Topic.ADMISSIONS, QueryAdmitted.class, event -> true)
                      .getPriceVersion())
              .isEqualTo("applied-1");
        }
      }
    }
  }

  private static PriceList applied() {
    return PriceList.newBuilder()
        .setVersion("applied-1")
        .setEffectiveFrom(Instant.parse("2000-01-01T00:00:00Z"))
        .setCurrency("USD")
        .setTable(
            """
            {"version": "applied-1", "effective": "2000-01-01", "currency": "USD",
             "models": {"test:small": {"input": 5, "output": 5}}}
            """)
        .build();
  }

  @Test
  void rowOfAnotherFormatIsNeverReadButStopsTheServiceWhichSaysWhy() throws Exception {
    try (EmbeddedKafka own = EmbeddedKafka.start(directory.resolve("kafka-format"))) {
      try (Admin admin = admin(own)) {
        TopicAdmin.createMissing(admin, 1, (short) 1);
      }
      try (BrokerTopics ownTopics = new BrokerTopics(own.bootstrapServers())) {
        // Given a store that another release wrote a row of acme into
        try (AuditStreamService service = start(own, "format", "p1")) {
          assertThat(service.failure()).isNotDone();
        }
        byte[] row = new byte[20];
        row[0] = (byte) 0xC3;
        row[1] = 1;
        ownTopics.write(StreamSettings.APPLICATION_ID + "-ledger-changelog", "account|acme", row);

        // When it is read back and needed
        try (AuditStreamService service = start(own, "format-elsewhere", "p1")) {
          ownTopics.write(Topic.REQUESTS, "acme", request("r-1").build());

          // Then
          Awaitility.await().atMost(60, SECONDS).until(() -> service.failure().isDone());
          HttpResponse<String> live = get(service, "/health/live");
          assertThat(live.statusCode()).isEqualTo(503);
          assertThat(live.body()).contains("AccountRow of another format");
          assertThat(ownTopics.events(Topic.ADMISSIONS, QueryAdmitted.class)).isEmpty();
        }
      }
    }
  }

  @Test
  void topicsThatAreMissingOrDoNotFitTogetherAreNamedAtTheStart() throws Exception {
    try (EmbeddedKafka own = EmbeddedKafka.start(directory.resolve("kafka-topics"));
        Admin admin = admin(own)) {
      // When there are none
      assertThatThrownBy(() -> start(own, "topics", "p1"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("topics are missing")
          .hasMessageContaining("querytrail.requests.v1")
          .hasMessageContaining("topics create");

      // When one has more partitions than the others
      TopicAdmin.createMissing(admin, 1, (short) 1);
      TopicAdmin.createMissing(admin, 1, (short) 1);
      assertThat(TopicAdmin.requireEqualPartitions(admin)).isEqualTo(1);
      admin
          .createPartitions(Map.of(Topic.GENERATIONS.topicName(), NewPartitions.increaseTo(2)))
          .all()
          .get(30, SECONDS);
      Awaitility.await()
          .atMost(30, SECONDS)
          .untilAsserted(() ->
              assertThatThrownBy(() -> start(own, "topics", "p1"))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("differ in partitions")
                  .hasMessageContaining("querytrail.generations.v1=2")
                  .hasMessageContaining("querytrail.requests.v1=1"));
    }
  }

  // ---- small things

  private static Admin admin(EmbeddedKafka broker) {
    return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
  }

  private static AuditStreamService start(String stateDir, String priceVersion) throws IOException {
    return start(kafka, stateDir, priceVersion);
  }

  private static AuditStreamService start(EmbeddedKafka broker, String stateDir, String prices)
      throws IOException {
    AuditStreamService service =
        AuditStreamService.start(
            new AuditStreamConfig(
                new KafkaConfig(broker.bootstrapServers(), Map.of()),
                new HttpConfig(null, 0),
                directory.resolve(stateDir),
                "test-1",
                1,
                null,
                null,
                new ChainConfig("chain-1", new Secret(AuditDriver.CHAIN_SECRET)),
                prices(prices),
                null,
                null));
    Awaitility.await("ready")
        .atMost(60, SECONDS)
        .until(() -> service.health().reasonsAgainstReady().isEmpty());
    return service;
  }

  /** In force whatever the clock of this machine says. */
  private static Path prices(String version) throws IOException {
    String price = version.equals("p2") ? "5" : "1";
    return Files.writeString(
        directory.resolve(version + ".yaml"),
        """
        tables:
          - version: %s
            effective: 2000-01-01
            currency: USD
            models:
              "test:small": {input: %s, output: %s}
        """
            .formatted(version, price, price));
  }

  private static void apply(String account, String limit) {
    topics.write(Topic.ACCOUNTS, account, policy(1, limit).setAccount(account).build());
    awaitPolicy(account);
  }

  private static void awaitPolicy(String account) {
    topics.await(
        Topic.LEDGER,
        LedgerEvent.class,
        event ->
            event.getAccount().equals(account)
                && event.getKind() == LedgerEventKind.POLICY_APPLIED);
  }

  private static void ask(String account, String id) {
    topics.write(Topic.REQUESTS, account, request(id).setAccount(account).build());
  }

  private static QueryAdmitted awaitAdmission(String account, String id) {
    return topics.await(
        Topic.ADMISSIONS,
        QueryAdmitted.class,
        event -> event.getAccount().equals(account) && event.getRequestId().equals(id));
  }

  private static void answer(String account, String id) {
    topics.write(
        Topic.GENERATIONS, account, generated(id, "n-1", "SELECT 1").setAccount(account).build());
  }

  private static QueryAudited awaitAudit(String account, String id) {
    return topics.await(
        Topic.AUDIT,
        QueryAudited.class,
        event -> event.getAccount().equals(account) && event.getRequestId().equals(id));
  }

  private static QueryRejected awaitRejection(String account, String id) {
    return topics.await(
        Topic.REJECTIONS,
        QueryRejected.class,
        event -> event.getAccount().equals(account) && event.getRequestId().equals(id));
  }

  private static HttpResponse<String> get(AuditStreamService service, String path)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + service.httpPort() + path);
      return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
