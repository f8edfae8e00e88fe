package io.querytrail.cli;

import io.querytrail.demo.ShopQuestion;
import io.querytrail.demo.ShopQuestions;
import io.querytrail.events.BudgetAlert;
import io.querytrail.events.QueryApproved;
import io.querytrail.events.QueryExecuted;
import io.querytrail.events.QueryRejected;
import io.querytrail.events.QueryRequested;
import io.querytrail.schemas.ApprovalConsumer;
import io.querytrail.schemas.ExecutionReporter;
import io.querytrail.schemas.RequestProducer;
import io.querytrail.schemas.Topic;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * One run of the demo: asks, prints each verdict as it comes, runs what is approved, and sums up.
 */
final class DemoRun implements AutoCloseable {
  /** Questions on their way at once; an account that is nearly out of money is asked one by one. */
  private static final int IN_FLIGHT = 12;

  private static final Duration ALL_WITHIN = Duration.ofSeconds(120);

  private record Asker(String account, String user, String team) {}

  private static final List<Asker> ASKERS =
      List.of(
          new Asker("acme", "ann", "sales"),
          new Asker("initech", "peter", "tps"),
          new Asker("globex", "gina", "growth"),
          new Asker("acme", "bob", "finance"),
          new Asker("initech", "milton", "basement"),
          new Asker("globex", "hank", "finance"),
          new Asker("initech", "samir", "tps"));

  private final Connection connection;
  private final String runId = UUID.randomUUID().toString().substring(0, 8);
  private final Map<String, Asker> open = new ConcurrentHashMap<>();
  private final Semaphore slots = new Semaphore(IN_FLIGHT);
  private final Map<String, Semaphore> accountSlots = new ConcurrentHashMap<>();
  private final AtomicInteger verdicts = new AtomicInteger();
  private final AtomicInteger approvals = new AtomicInteger();
  private final AtomicInteger executions = new AtomicInteger();
  private final AtomicBoolean done = new AtomicBoolean();
  private final List<Thread> threads = new ArrayList<>();
  private final ApprovalConsumer approvalConsumer;
  private final TopicReader verdictReader;

  DemoRun(Connection connection) {
    this.connection = connection;
    Map<String, Object> group = new HashMap<>(connection.kafka().clientSettings());
    group.put("group.id", "querytrail-demo");
    approvalConsumer = ApprovalConsumer.open(group);
    verdictReader = new TopicReader(connection.kafka());
    List<TopicPartition> partitions = new ArrayList<>(verdictReader.partitions(Topic.APPROVALS));
    partitions.addAll(verdictReader.partitions(Topic.REJECTIONS));
    partitions.addAll(verdictReader.partitions(Topic.ALERTS));
    verdictReader.atEnd(partitions);
  }

  /**
   * Sends that many questions and returns when each has its verdict and its row.
   *
   * @return whether all of them came and all sums agree
   */
  boolean send(int count) throws InterruptedException, SQLException {
    threads.add(Thread.ofPlatform().name("demo-verdicts").start(this::readVerdicts));
    threads.add(Thread.ofPlatform().name("demo-executions").start(this::execute));
    System.out.printf("%nasking %d questions%n%n", count);
    List<ShopQuestion> questions = ShopQuestions.all();
    try (RequestProducer producer =
        RequestProducer.open(connection.kafka().clientSettings(), "querytrail/demo")) {
      for (int i = 0; i < count; i++) {
        ask(producer, i, questions.get(i % questions.size()), ASKERS.get(i % ASKERS.size()));
      }
    }
    DemoSummary summary = new DemoSummary(connection, runId);
    boolean complete =
        waitUntil(() -> verdicts.get() == count)
            && waitUntil(() -> executions.get() == approvals.get())
            && waitUntil(() -> summary.rows() == count && summary.executions() == approvals.get());
    return summary.print(count, verdicts.get(), approvals.get()) && complete;
  }

  private void ask(RequestProducer producer, int index, ShopQuestion question, Asker asker)
      throws InterruptedException {
    slots.acquire();
    accountSlot(asker.account()).acquire();
    String requestId = "demo-%s-%03d".formatted(runId, index + 1);
    open.put(requestId, asker);
    producer.ask(
        QueryRequested.newBuilder()
            .setRequestId(requestId)
            .setAccount(asker.account())
            .setUser(asker.user())
            .setTeam(asker.team())
            .setQuestion(question.question())
            .setTags(Map.of("demo", runId))
            .build());
  }

  private Semaphore accountSlot(String account) {
    return accountSlots.computeIfAbsent(
        account, name -> new Semaphore(name.equals("initech") ? 1 : IN_FLIGHT));
  }

  private void readVerdicts() {
    verdictReader.follow(
        record -> verdictReader.event(record).ifPresent(this::show), () -> !done.get());
  }

  private void show(SpecificRecord event) {
    if (event instanceof BudgetAlert alert) {
      System.out.printf(
          "     ALERT     %-8s %s %s has spent %d %% of %s %s in %s%n",
          alert.getAccount(),
          alert.getScope().name().toLowerCase(Locale.ROOT),
          alert.getScopeKey(),
          alert.getThresholdPercent(),
          Json.plain(alert.getLimit()).toPlainString(),
          alert.getCurrency(),
          alert.getPeriodName());
    } else {
      verdict(event);
    }
  }

  private void verdict(SpecificRecord event) {
    String requestId =
        switch (event) {
          case QueryApproved approved -> approved.getRequestId();
          case QueryRejected rejected -> rejected.getRequestId();
          default -> "";
        };
    Asker asker = open.remove(requestId);
    if (asker == null) {
      return;
    }
    System.out.println(line(verdicts.incrementAndGet(), event, asker));
    if (event instanceof QueryApproved) {
      approvals.incrementAndGet();
    }
    accountSlot(asker.account()).release();
    slots.release();
  }

  private static String line(int number, SpecificRecord event, Asker asker) {
    return switch (event) {
      case QueryApproved approved ->
          "%3d  approved  %-8s %-7s %-46s %s"
              .formatted(
                  number,
                  asker.account(),
                  asker.user(),
                  Tables.cut(approved.getQuestion(), 46),
                  Json.plain(approved.getCost()).toPlainString() + " " + approved.getCurrency());
      case QueryRejected rejected ->
          "%3d  REJECTED  %-8s %-7s %-46s %s: %s"
              .formatted(
                  number,
                  asker.account(),
                  asker.user(),
                  Tables.cut(rejected.getQuestion(), 46),
                  rejected.getReason(),
                  Tables.cut(rejected.getMessage(), 90));
      default -> "";
    };
  }

  private void execute() {
    try (ApprovalExecutor executor =
            new ApprovalExecutor(
                connection::datasource,
                Duration.ofSeconds(30),
                "querytrail-demo",
                Clock.systemUTC(),
                note -> System.err.println("querytrail: " + note));
        ExecutionReporter reporter =
            ExecutionReporter.open(connection.kafka().clientSettings(), "querytrail/demo")) {
      approvalConsumer.run((approved, trace) -> {
        QueryExecuted executed = executor.execute(approved);
        reporter.report(executed, trace).get();
        if (approved.getRequestId().startsWith("demo-" + runId)) {
          executions.incrementAndGet();
        }
      });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      System.err.println("querytrail: the demo's consumer ended: " + e);
    }
  }

  private interface Condition {
    boolean holds() throws SQLException;
  }

  private static boolean waitUntil(Condition condition) throws InterruptedException, SQLException {
    long deadline = System.nanoTime() + ALL_WITHIN.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    return true;
  }

  @Override
  public void close() throws InterruptedException {
    done.set(true);
    approvalConsumer.close();
    for (Thread thread : threads) {
      thread.join(Duration.ofSeconds(10));
    }
    verdictReader.close();
  }
}
