package io.querytrail.benchmarks;

import io.querytrail.audit.AuditStreamService;
import io.querytrail.events.AccountPolicy;
import io.querytrail.events.Budget;
import io.querytrail.events.BudgetPeriod;
import io.querytrail.events.BudgetScope;
import io.querytrail.events.ColumnShown;
import io.querytrail.events.DatasourcePolicy;
import io.querytrail.events.ModelAttempt;
import io.querytrail.events.ModelCandidate;
import io.querytrail.events.QueryGenerated;
import io.querytrail.events.QueryRequested;
import io.querytrail.events.RelationShown;
import io.querytrail.events.TokenUsage;
import io.querytrail.schemas.EventSerializer;
import io.querytrail.schemas.Topic;
import io.querytrail.service.KafkaConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Requests and their generations, as fast as the stream takes them. */
final class HistoryTraffic implements AutoCloseable {
  private static final int CHUNK = 50_000;
  private static final int USERS = 20;
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(60);

  private final KafkaProducer<String, SpecificRecord> producer;
  private final HttpClient http = HttpClient.newHttpClient();
  private final int accounts;
  private int round;

  HistoryTraffic(KafkaConfig kafka, int accounts) {
    Map<String, Object> settings = kafka.clientSettings();
    settings.put("linger.ms", 20);
    settings.put("batch.size", 256 * 1024);
    EventSerializer events = new EventSerializer();
    events.configure(settings, false);
    this.producer = new KafkaProducer<>(settings, new StringSerializer(), events);
    this.accounts = accounts;
  }

  void applyPolicies() {
    for (int i = 0; i < accounts; i++) {
      send(
          Topic.ACCOUNTS,
          AccountPolicy.newBuilder()
              .setAccount(account(i))
              .setVersion(1)
              .setBudgets(
                  List.of(
                      budget(BudgetScope.ACCOUNT, BudgetPeriod.MONTH),
                      budget(BudgetScope.USER, BudgetPeriod.DAY)))
              .setModels(List.of(new ModelCandidate("openai", "gpt-4o-mini", "cheap")))
              .setDatasources(
                  List.of(
                      DatasourcePolicy.newBuilder()
                          .setName("shop")
                          .setSchemas(List.of("shop"))
                          .build()))
              .build(),
          account(i));
    }
    producer.flush();
  }

  private static Budget budget(BudgetScope scope, BudgetPeriod period) {
    return Budget.newBuilder()
        .setScope(scope)
        .setPeriod(period)
        .setLimit(new BigDecimal("1000000").setScale(12))
        .build();
  }

  /**
   * Has the requests of these numbers decided and settled; how long that took.
   *
   * @param from as many as the service has decided since its start
   */
  Duration drive(AuditStreamService service, int from, int to) throws InterruptedException {
    long begin = System.nanoTime();
    for (int done = from; done < to; done += CHUNK) {
      int end = Math.min(to, done + CHUNK);
      for (int i = done; i < end; i++) {
        send(Topic.REQUESTS, request("r-" + i, i), account(i));
      }
      producer.flush();
      // A generation must not overtake its request's admission.
      await(service, "querytrail_admissions_total", end);
      for (int i = done; i < end; i++) {
        send(Topic.GENERATIONS, generated("r-" + i, i), account(i));
      }
      producer.flush();
      await(service, "querytrail_verdicts_total", end);
    }
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /** Asks the request of that number; one id of its own for each. */
  void ask(int number) {
    send(Topic.REQUESTS, request("one-" + number, number), account(number));
    producer.flush();
  }

  /** Mean time to decide and write out the facts, of all decisions of the service. */
  Duration decisionTime(AuditStreamService service) throws InterruptedException {
    double seconds = sum(service, "querytrail_ledger_decision_seconds_sum");
    return Duration.ofNanos(
        (long) (1e9 * seconds / sum(service, "querytrail_ledger_decision_seconds_count")));
  }

  /** Asks for every account, and waits until each was answered. */
  void awaitAnswerEverywhere(AuditStreamService service) throws InterruptedException {
    round++;
    for (int i = 0; i < accounts; i++) {
      send(Topic.REQUESTS, request("again-" + round + '-' + i, i), account(i));
    }
    producer.flush();
    await(service, "querytrail_admissions_total", accounts);
  }

  private void await(AuditStreamService service, String counter, long atLeast)
      throws InterruptedException {
    long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
    while (sum(service, counter) < atLeast) {
      if (service.failure().isDone() || System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "%s stands at %.0f of %d".formatted(counter, sum(service, counter), atLeast));
      }
      Thread.sleep(50);
    }
  }

  private double sum(AuditStreamService service, String counter) throws InterruptedException {
    URI metrics = URI.create("http://127.0.0.1:" + service.httpPort() + "/metrics");
    try {
      return http.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofLines())
          .body()
          .filter(line -> line.startsWith(counter))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private QueryRequested request(String id, int number) {
    return QueryRequested.newBuilder()
        .setRequestId(id)
        .setAccount(account(number))
        .setUser("user-" + number / accounts % USERS)
        .setQuestion("How many orders of customer " + number + " came in yesterday?")
        .build();
  }

  private QueryGenerated generated(String id, int number) {
    return QueryGenerated.newBuilder()
        .setRequestId(id)
        .setAccount(account(number))
        .setAdmissionId(id + "#1")
        .setDispatchNonce("n-" + id)
        .setSql("SELECT count(*) FROM shop.orders WHERE customer_id = " + number)
        .setProvider("openai")
        .setModel("gpt-4o-mini")
        .setAttempts(
            List.of(
                ModelAttempt.newBuilder()
                    .setNumber(1)
                    .setProvider("openai")
                    .setModel("gpt-4o-mini")
                    .setSent(true)
                    .setStartedAt(Instant.EPOCH)
                    .setLatencyMillis(500)
                    .setUsage(
                        TokenUsage.newBuilder()
                            .setInputTokens(400L + number % 300)
                            .setOutputTokens(40L + number % 100)
                            .build())
                    .build()))
        .setRelations(
            List.of(
                new RelationShown(
                    "shop",
                    "orders",
                    List.of(
                        new ColumnShown("id", "bigint"),
                        new ColumnShown("customer_id", "bigint")))))
        .setSchemaFingerprint("f1")
        .setPromptVersion("v1")
        .build();
  }

  private String account(int number) {
    return "account-" + number % accounts;
  }

  private void send(Topic topic, SpecificRecord event, String account) {
    producer.send(new ProducerRecord<>(topic.topicName(), account, event));
  }

  @Override
  public void close() {
    producer.close();
    http.close();
  }
}
