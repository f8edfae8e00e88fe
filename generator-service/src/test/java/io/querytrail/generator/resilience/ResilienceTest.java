package io.querytrail.generator.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.generator.model.Attempt;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.model.ModelAnswer;
import io.querytrail.generator.model.ModelCall;
import io.querytrail.generator.model.ModelClient;
import io.querytrail.generator.model.ModelName;
import io.querytrail.generator.model.Purpose;
import io.querytrail.generator.model.SendAllowance;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResilienceTest {
  private static final ResilienceSettings FAST =
      new ResilienceSettings(
          3, Duration.ofMillis(1), Duration.ofSeconds(5), 5, Duration.ofMillis(300), 2);
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final String KEY = "first";

  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final Clock clock = Clock.systemUTC();
  private final Deque<ErrorType> script = new ArrayDeque<>();
  private int calls;
  private String key = KEY;

  /** Fails as the script says, and answers when it is over. */
  private final ModelClient scripted =
      call -> {
        calls++;
        ErrorType error = script.pollFirst();
        return error == null
            ? new ModelAnswer.Text("{}", call.model(), List.of(attempt(call, null)))
            : failure(call, error, null);
      };

  @ParameterizedTest
  @EnumSource(
      value = ErrorType.class,
      names = {"RATE_LIMITED", "HTTP_5XX", "NETWORK", "BULKHEAD_FULL"})
  void repeatsWhatMayPassAndKeepsEveryAttempt(ErrorType error) {
    fail(error, error);
    ModelAnswer answer = client(FAST).generate(call(10, 0, LONG));
    assertThat(answer).isInstanceOf(ModelAnswer.Text.class);
    assertThat(answer.attempts()).extracting(Attempt::error).containsExactly(error, error, null);
    assertThat(
            metrics
                .get("querytrail.generator.retries")
                .tag("provider", "p")
                .tag("error_type", error.code())
                .counter()
                .count())
        .isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(
      value = ErrorType.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"RATE_LIMITED", "HTTP_5XX", "NETWORK", "BULKHEAD_FULL"})
  void repeatsNothingElse(ErrorType error) {
    fail(error);
    assertThat(client(FAST).generate(call(10, 0, LONG)).attempts()).hasSize(1);
  }

  @Test
  void givesUpAfterSoManyTries() {
    fail(ErrorType.HTTP_5XX, ErrorType.NETWORK, ErrorType.RATE_LIMITED, ErrorType.HTTP_5XX);
    ModelAnswer answer = client(FAST).generate(call(10, 0, LONG));
    assertThat(((ModelAnswer.Failure) answer).error()).isEqualTo(ErrorType.RATE_LIMITED);
    assertThat(answer.attempts()).hasSize(3);
  }

  @Test
  void leavesSendsThatAreKeptForOthers() {
    fail(ErrorType.HTTP_5XX, ErrorType.HTTP_5XX);
    assertThat(client(FAST).generate(call(2, 2, LONG)).attempts()).hasSize(1);
  }

  @Test
  void waitsForWhatTheProviderAsksButNotBeyondTheDeadlineOrTheLongestWait() {
    Duration asked = Duration.ofMillis(200);
    ModelClient limited =
        call -> {
          calls++;
          return calls == 1
              ? failure(call, ErrorType.RATE_LIMITED, asked)
              : new ModelAnswer.Text("{}", call.model(), List.of(attempt(call, null)));
        };
    ModelClient client =
        new Resilience(metrics, clock, new Random(1)).around(limited, "p", FAST, () -> KEY);
    long start = System.nanoTime();
    assertThat(client.generate(call(10, 0, LONG))).isInstanceOf(ModelAnswer.Text.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(asked);

    calls = 0;
    assertThat(client.generate(call(10, 0, Duration.ofMillis(150))).attempts()).hasSize(1);

    calls = 0;
    ResilienceSettings impatient =
        new ResilienceSettings(
            3, Duration.ofMillis(1), Duration.ofMillis(100), 5, Duration.ofMillis(300), 2);
    assertThat(
            new Resilience(metrics, clock, new Random(1))
                .around(limited, "q", impatient, () -> KEY)
                .generate(call(10, 0, LONG))
                .attempts())
        .hasSize(1);
  }

  @Test
  void opensAfterFailuresInARowProbesOnceAndCloses() {
    // Given: five requests in a row fail, each with all of its tries
    ModelClient client = client(FAST);
    ErrorType[] failures = new ErrorType[15];
    Arrays.fill(failures, ErrorType.HTTP_5XX);
    fail(failures);
    for (int i = 0; i < 5; i++) {
      client.generate(call(10, 0, LONG));
    }
    int callsBefore = calls;

    // Then: the model is left alone, and the attempt that was not made is told
    ModelAnswer.Failure open = (ModelAnswer.Failure) client.generate(call(10, 0, LONG));
    assertThat(open.error()).isEqualTo(ErrorType.BREAKER_OPEN);
    assertThat(open.attempts()).singleElement().matches(attempt -> !attempt.sent());
    assertThat(calls).isEqualTo(callsBefore);
    assertThat(state("open")).isEqualTo(1);

    // And another model of the same provider is not
    assertThat(client.generate(call("other", 10, 0, LONG))).isInstanceOf(ModelAnswer.Text.class);

    // When: time has passed, one call probes it, and it is well
    Awaitility.await()
        .atMost(LONG)
        .until(() -> client.generate(call(10, 0, LONG)) instanceof ModelAnswer.Text);
    assertThat(state("closed")).isEqualTo(1);
  }

  @Test
  void triesAModelThatRefusedTheKeyAsSoonAsThereIsAnother() {
    // Given: left alone for an hour
    ResilienceSettings patient =
        new ResilienceSettings(
            3, Duration.ofMillis(1), Duration.ofSeconds(5), 2, Duration.ofHours(1), 2);
    ModelClient client = client(patient);
    fail(ErrorType.AUTH, ErrorType.AUTH);
    client.generate(call(10, 0, LONG));
    client.generate(call(10, 0, LONG));
    assertThat(error(client.generate(call(10, 0, LONG)))).isEqualTo(ErrorType.BREAKER_OPEN);

    // When: another one that is refused too, and then a good one
    key = "second";
    fail(ErrorType.AUTH, ErrorType.AUTH);
    assertThat(error(client.generate(call(10, 0, LONG)))).isEqualTo(ErrorType.AUTH);
    assertThat(error(client.generate(call(10, 0, LONG)))).isEqualTo(ErrorType.AUTH);
    assertThat(error(client.generate(call(10, 0, LONG)))).isEqualTo(ErrorType.BREAKER_OPEN);
    key = "third";

    // Then
    assertThat(client.generate(call(10, 0, LONG))).isInstanceOf(ModelAnswer.Text.class);
    assertThat(state("closed")).isEqualTo(1);
  }

  @Test
  void anotherKeyHelpsNoModelThatFailedOtherwise() {
    ResilienceSettings patient =
        new ResilienceSettings(
            1, Duration.ofMillis(1), Duration.ofSeconds(5), 2, Duration.ofHours(1), 2);
    ModelClient client = client(patient);
    fail(ErrorType.HTTP_5XX, ErrorType.HTTP_5XX);
    client.generate(call(10, 0, LONG));
    client.generate(call(10, 0, LONG));
    key = "second";
    assertThat(error(client.generate(call(10, 0, LONG)))).isEqualTo(ErrorType.BREAKER_OPEN);
  }

  private static ErrorType error(ModelAnswer answer) {
    assertThat(answer).isInstanceOf(ModelAnswer.Failure.class);
    return ((ModelAnswer.Failure) answer).error();
  }

  @Test
  void opensOnlyOnWhatTheProviderIsToBlameFor() {
    ModelClient client = client(FAST);
    for (ErrorType error :
        List.of(
            ErrorType.NOT_JSON,
            ErrorType.REFUSED,
            ErrorType.TRUNCATED,
            ErrorType.HTTP_4XX,
            ErrorType.DEADLINE,
            ErrorType.SENDS_EXHAUSTED,
            ErrorType.UNANSWERABLE,
            ErrorType.INTERRUPTED)) {
      fail(error);
      client.generate(call(10, 0, LONG));
    }
    assertThat(state("closed")).isEqualTo(1);
    // A deadline that was too short says nothing about the provider.
    for (int i = 0; i < 10; i++) {
      fail(ErrorType.TIMEOUT);
      client.generate(call(10, 0, Duration.ofMillis(100)));
    }
    assertThat(state("closed")).isEqualTo(1);
  }

  @Test
  void letsSoManyCallsThroughAtATime() throws Exception {
    CountDownLatch entered = new CountDownLatch(2);
    CountDownLatch gate = new CountDownLatch(1);
    ModelClient slow =
        call -> {
          entered.countDown();
          try {
            gate.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return new ModelAnswer.Text("{}", call.model(), List.of(attempt(call, null)));
        };
    ModelClient client =
        new Resilience(metrics, clock, new Random(1)).around(slow, "p", FAST, () -> KEY);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<ModelAnswer> first = threads.submit(() -> client.generate(call(10, 0, LONG)));
      Future<ModelAnswer> second = threads.submit(() -> client.generate(call(10, 0, LONG)));
      entered.await();

      ModelAnswer.Failure third = (ModelAnswer.Failure) client.generate(call(10, 0, LONG));

      assertThat(third.error()).isEqualTo(ErrorType.BULKHEAD_FULL);
      assertThat(third.attempts()).hasSize(3).noneMatch(Attempt::sent);
      assertThat(
              metrics
                  .get("resilience4j.bulkhead.available.concurrent.calls")
                  .tag("name", "p")
                  .gauge()
                  .value())
          .isZero();
      gate.countDown();
      assertThat(first.get()).isInstanceOf(ModelAnswer.Text.class);
      assertThat(second.get()).isInstanceOf(ModelAnswer.Text.class);
    }
  }

  @Test
  void tellsWhatWasSentWhenItIsInterruptedInTheWait() throws Exception {
    ResilienceSettings patient =
        new ResilienceSettings(
            3, Duration.ofSeconds(20), Duration.ofSeconds(20), 5, Duration.ofSeconds(60), 2);
    CountDownLatch called = new CountDownLatch(1);
    ModelClient failing =
        call -> {
          called.countDown();
          return failure(call, ErrorType.HTTP_5XX, null);
        };
    ModelClient client =
        new Resilience(metrics, clock, new Random(1)).around(failing, "p", patient, () -> KEY);
    ModelAnswer[] answer = new ModelAnswer[1];
    Thread thread =
        Thread.ofVirtual()
            .start(() -> answer[0] = client.generate(call(10, 0, Duration.ofMinutes(2))));
    called.await();
    thread.interrupt();
    thread.join();
    assertThat(((ModelAnswer.Failure) answer[0]).error()).isEqualTo(ErrorType.INTERRUPTED);
    assertThat(answer[0].attempts()).singleElement().matches(Attempt::sent);
  }

  private double state(String state) {
    return metrics
        .get("resilience4j.circuitbreaker.state")
        .tag("name", "p:m")
        .tag("state", state)
        .gauge()
        .value();
  }

  private ModelClient client(ResilienceSettings settings) {
    return new Resilience(metrics, clock, new Random(1)).around(scripted, "p", settings, () -> key);
  }

  private void fail(ErrorType... errors) {
    script.addAll(List.of(errors));
  }

  private ModelAnswer.Failure failure(
      ModelCall call, ErrorType error, @Nullable Duration retryAfter) {
    return new ModelAnswer.Failure(error, "it failed", List.of(attempt(call, error)), retryAfter);
  }

  private Attempt attempt(ModelCall call, @Nullable ErrorType error) {
    return new Attempt(
        call.model(),
        null,
        call.purpose(),
        true,
        clock.instant(),
        Duration.ofMillis(1),
        error,
        null,
        null);
  }

  private ModelCall call(int sends, int reserved, Duration time) {
    return call("m", sends, reserved, time);
  }

  private ModelCall call(String model, int sends, int reserved, Duration time) {
    Instant deadline = clock.instant().plus(time);
    return new ModelCall(
        new ModelName("p", model),
        List.of(),
        1_000,
        100,
        deadline,
        Purpose.GENERATE,
        new SendAllowance(sends),
        reserved);
  }
}
