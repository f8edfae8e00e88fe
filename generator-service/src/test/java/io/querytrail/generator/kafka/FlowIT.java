package io.querytrail.generator.kafka;

import static io.querytrail.generator.testkit.Admissions.admission;
import static io.querytrail.generator.testkit.ScriptedModelServer.after;
import static io.querytrail.generator.testkit.ScriptedModelServer.sql;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.querytrail.events.GenerationInterrupted;
import io.querytrail.events.QueryAdmitted;
import io.querytrail.generator.GeneratorService;
import io.querytrail.generator.testkit.Configs;
import io.querytrail.generator.testkit.ScriptedModelServer;
import io.querytrail.generator.testkit.Stack;
import io.querytrail.generator.testkit.Wire;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is finished when, and what is committed, across stops and moves. */
@ExtendWith(Stack.Extension.class)
class FlowIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String run = UUID.randomUUID().toString().substring(0, 8);
  private final CountDownLatch gate = new CountDownLatch(1);
  private final ScriptedModelServer models =
      new ScriptedModelServer(call ->
          call.userMessage().contains("slow") ? after(gate, sql("SELECT 1")) : sql("SELECT 1"));
  private Stack stack;
  private Wire wire;
  private String group;

  @BeforeEach
  void connect(Stack given) {
    stack = given;
    wire = new Wire(stack.bootstrapServers());
    group = wire.groupAtTheEnd();
  }

  @AfterEach
  void disconnect() {
    gate.countDown();
    wire.close();
    models.close();
  }

  @Test
  void finishesOutOfOrderAndCommitsUpToTheLowestUnfinished() {
    try (GeneratorService service = service("PT10S")) {
      // Given
      assertThat(service.name()).isEqualTo("generator-service");
      QueryAdmitted[] admissions = admissions(300, "acme");
      admissions[40] = admission(admissions[40].getRequestId(), "slow").build();

      // When
      List<RecordMetadata> written = wire.admit(admissions);
      RecordMetadata slow = written.get(40);

      // Then
      await().atMost(PATIENCE).until(() -> wire.generations().size() == 299);
      await()
          .during(Duration.ofMillis(500))
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () -> assertThat(wire.committed(group, slow.partition())).hasValue(slow.offset()));

      // When
      gate.countDown();

      // Then
      await().atMost(PATIENCE).until(() -> wire.generations().size() == 300);
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(wire.committed(group, slow.partition()))
                  .hasValueSatisfying(
                      offset -> assertThat(offset).isGreaterThan(written.getLast().offset())));
      assertEachOnce(admissions);
    }
  }

  @Test
  void plannedStopLosesNothingAndDoesNothingTwice() throws InterruptedException {
    QueryAdmitted[] slow = slowAdmissions(100);
    try (GeneratorService service = service("PT30S")) {
      // Given
      wire.admit(slow);
      await().atMost(PATIENCE).until(() -> models.calls().size() == 100);

      // When
      Thread stopping = Thread.ofPlatform().start(service::close);
      await().atMost(PATIENCE).until(() -> stopping.getState() == Thread.State.TIMED_WAITING);
      QueryAdmitted[] late = admissions(20, "acme");
      wire.admit(late);
      gate.countDown();
      stopping.join();

      // Then
      await().atMost(PATIENCE).until(() -> wire.generations().size() >= 100);
      try (GeneratorService next = service("PT30S")) {
        assertThat(next.failure()).isNotDone();
        await().atMost(PATIENCE).until(() -> wire.generations().size() >= 120);
        assertEachOnce(slow);
        assertEachOnce(late);
        assertThat(models.calls()).hasSize(120);
      }
    }
  }

  @Test
  void moveOfPartitionsLosesNothingAndDoesNothingTwice() {
    try (GeneratorService first = service("PT30S")) {
      // Given
      QueryAdmitted[] slow = slowAdmissions(100);
      wire.admit(slow);
      await().atMost(PATIENCE).until(() -> models.calls().size() == 100);

      // When
      try (GeneratorService second = service("PT30S")) {
        await().atMost(PATIENCE).until(() -> metric(first, "querytrail_generator_draining") > 0);
        gate.countDown();
        await().atMost(PATIENCE).until(() -> wire.generations().size() >= 100);
        QueryAdmitted[] late = admissions(100, "a", "b", "c", "d", "e", "f");
        wire.admit(late);

        // Then
        await().atMost(PATIENCE).until(() -> wire.generations().size() >= 200);
        assertEachOnce(slow);
        assertEachOnce(late);
        assertThat(models.calls()).hasSize(200);
        assertThat(first.failure()).isNotDone();
        assertThat(second.failure()).isNotDone();
      }
    }
  }

  @Test
  void stopThatCannotWaitLeavesItsReportsToTheNextAndNothingIsCalledTwice() {
    QueryAdmitted[] slow = slowAdmissions(5);
    // Given
    try (GeneratorService service = service("PT0.2S")) {
      wire.admit(slow);
      await().atMost(PATIENCE).until(() -> models.calls().size() == 5);
      assertThat(service.failure()).isNotDone();
    }

    // When
    gate.countDown();

    // Then
    try (GeneratorService next = service("PT10S")) {
      await().atMost(PATIENCE).until(() -> wire.generations().size() >= 5);
      assertEachOnce(slow);
      assertThat(wire.generations())
          .allSatisfy(
              record -> assertThat(wire.event(record)).isInstanceOf(GenerationInterrupted.class));
      assertThat(models.calls()).hasSize(5);
      assertThat(next.failure()).isNotDone();
    }
  }

  @Test
  void callsNothingOfAPartitionWhoseOffsetWasSetByHandButWhatComesLater() {
    // Given
    List<RecordMetadata> written = wire.admit(admissions(20, "acme"));
    RecordMetadata first = written.getFirst();
    wire.resetByHand(group, first.partition(), first.offset(), "set by hand");

    // When
    try (GeneratorService service = service("PT10S")) {
      await().atMost(PATIENCE).until(() -> wire.generations().size() == 20);
      assertThat(models.calls()).isEmpty();
      QueryAdmitted[] later = admissions(20, "acme");
      wire.admit(later);

      // Then
      await().atMost(PATIENCE).until(() -> wire.generations().size() == 40);
      assertEachOnce(later);
      assertThat(models.calls()).hasSize(20);
      assertThat(service.failure()).isNotDone();
    }
  }

  @Test
  void hasNoMoreInHandThanItMayHave() {
    try (GeneratorService service = service("PT10S", 10)) {
      // Given
      QueryAdmitted[] slow = slowAdmissions(50);
      wire.admit(slow);

      // Then
      await()
          .during(Duration.ofMillis(500))
          .atMost(PATIENCE)
          .until(() -> models.calls().size() == 10);
      gate.countDown();
      await().atMost(PATIENCE).until(() -> wire.generations().size() >= 50);
      assertEachOnce(slow);
      assertThat(service.failure()).isNotDone();
    }
  }

  @Test
  void saysThatAdmissionsWereLostInsteadOfGoingOn() {
    // Given
    RecordMetadata lost = wire.admit(admissions(1, "acme")).getFirst();
    wire.deleteUpTo(lost);

    // When
    try (GeneratorService service = service("PT10S")) {
      // Then
      await().atMost(PATIENCE).until(() -> service.failure().isCompletedExceptionally());
      assertThat(service.failure().exceptionNow())
          .isInstanceOf(OffsetOutOfRangeException.class)
          .hasMessageContaining("querytrail.admissions.v1");
      assertThat(service.health().reasonsAgainstLive()).containsKey("pipeline");
    }
  }

  private static double metric(GeneratorService service, String name) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + service.httpPort() + "/metrics");
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofLines())
          .body()
          .filter(line -> line.startsWith(name + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
          .sum();
    }
  }

  private void assertEachOnce(QueryAdmitted[] admissions) {
    assertThat(admissions)
        .allSatisfy(admission -> assertThat(wire.generations(admission.getRequestId())).hasSize(1));
  }

  private QueryAdmitted[] admissions(int count, String... accounts) {
    return admissions("how many orders", count, accounts);
  }

  private QueryAdmitted[] slowAdmissions(int count) {
    return admissions("slow", count, "a", "b", "c", "d", "e", "f");
  }

  private QueryAdmitted[] admissions(String question, int count, String... accounts) {
    return IntStream.range(0, count)
        .mapToObj(i ->
            admission(run + "-" + UUID.randomUUID(), question)
                .setAccount(accounts[i % accounts.length])
                .build())
        .toArray(QueryAdmitted[]::new);
  }

  private GeneratorService service(String drain) {
    return service(drain, 1_000);
  }

  private GeneratorService service(String drain, int inFlight) {
    return GeneratorService.start(
        Configs.generator(
            stack.bootstrapServers(), group, models.baseUrl(), stack.shopUrl(), drain, inFlight));
  }
}
