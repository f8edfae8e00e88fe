package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.querytrail.demo.Latency;
import io.querytrail.embedded.ServiceProcess;
import io.querytrail.events.BudgetBalance;
import io.querytrail.events.QueryApproved;
import io.querytrail.events.QueryRejected;
import io.querytrail.events.QueryRequested;
import io.querytrail.schemas.RequestProducer;
import io.querytrail.schemas.Topic;
import io.querytrail.service.KafkaConfig;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The three services as processes of their own, killed in the middle of 2,000 requests. */
final class KillIT {
  private static final int REQUESTS = 2_000;
  private static final List<String> ACCOUNTS = List.of("a1", "a2", "a3", "a4", "a5", "a6");

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
    try (ServiceFleet fleet =
        ServiceFleet.start(directory, new Latency(Duration.ofMillis(60), 0.3, 1))) {
      KafkaConfig kafka = fleet.kafka();
      ServiceProcess sink = fleet.startSink();
      ServiceProcess stream = fleet.startStream();
      ServiceProcess generator = fleet.startGenerator();
      applyPolicies(fleet);
      Thread reader = Thread.ofPlatform().start(() -> readVerdicts(kafka));
      Thread asker = Thread.ofPlatform().start(() -> ask(kafka));

      // When each service dies in turn, with work in hand
      killAt(300, sink);
      killAt(650, stream);
      killAt(1_000, generator);
      killAt(1_300, stream);

      // Then all of it comes to its end all the same
      asker.join();
      awaitAll(verdictCount::get, stream, generator, sink);
      awaitAll(
          () -> (int) fleet.number("SELECT count(*) FROM ai_query_log").longValue(),
          stream,
          generator,
          sink);
      done.set(true);
      reader.join();
      assertVerdicts();
      assertRows(fleet);
      assertSums(kafka, fleet);
      assertThat(Duration.ofMillis(longestStallMillis.get()))
          .as("longest time that a committed approval or rejection was kept from a reader")
          .isLessThanOrEqualTo(ServiceFleet.TRANSACTION_TIMEOUT.plus(MEASURING));
    }
  }

  /** Also waits until the stream runs: it answers each policy. */
  private static void applyPolicies(ServiceFleet fleet) {
    for (String account : ACCOUNTS) {
      fleet.apply(
          """
          account: %s
          budgets: [{scope: account, period: total, limit: 1000}]
          models: [{provider: openai, model: gpt-4o-mini}]
          maxSends: 1
          datasources: [{name: shop, schemas: [shop]}]
          """
              .formatted(account));
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

  private static void assertRows(ServiceFleet fleet) throws SQLException {
    assertThat(fleet.number("SELECT count(*) FROM ai_query_log"))
        .isEqualByComparingTo("" + REQUESTS);
    assertThat(fleet.number("SELECT count(DISTINCT request_id) FROM ai_query_log"))
        .isEqualByComparingTo("" + REQUESTS);
    // What a killed generator had in hand is admitted anew, but not without an end.
    assertThat(
            fleet.texts(
                """
                SELECT concat_ws(' ', verdict, reason, message) FROM ai_query_log
                WHERE verdict <> 'APPROVED' AND lower(reason) <> 'interrupted'
                """))
        .as("ends that no kill explains")
        .isEmpty();
  }

  /** The same money wherever it is counted, and nothing still held. */
  private static void assertSums(KafkaConfig kafka, ServiceFleet fleet) throws SQLException {
    BigDecimal log = fleet.number("SELECT sum(cost) FROM ai_query_log");
    assertThat(log).isPositive();
    assertThat(fleet.number("SELECT sum(cost) FROM llm_attempts")).isEqualByComparingTo(log);
    assertThat(fleet.number("SELECT sum(cost) FROM cost_daily")).isEqualByComparingTo(log);
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
}
