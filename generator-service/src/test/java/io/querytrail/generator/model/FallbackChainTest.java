package io.querytrail.generator.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.generator.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FallbackChainTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final ModelName FIRST = new ModelName("a", "first");
  private static final ModelName SECOND = new ModelName("b", "second");
  private static final ModelName THIRD = new ModelName("a", "third");

  private final SettableClock clock = new SettableClock(NOW);
  private final Map<ModelName, ErrorType> failing = new HashMap<>();
  private final List<ModelCall> calls = new ArrayList<>();
  private Duration takes = Duration.ZERO;
  private final ModelClient models =
      call -> {
        calls.add(call);
        call.allowance().tryTake();
        clock.advance(takes);
        ErrorType error = failing.get(call.model());
        return error == null
            ? new ModelAnswer.Text("{}", call.model(), List.of(attempt(call, null)))
            : new ModelAnswer.Failure(error, "it failed", List.of(attempt(call, error)));
      };

  @Test
  void asksNobodyElseWhereTheFirstAnswers() {
    FallbackChain.Result result = generate(3);
    assertThat(result.degraded()).isEmpty();
    assertThat(result.answer().attempts()).hasSize(1);
    assertThat(calls).extracting(ModelCall::model).containsExactly(FIRST);
  }

  @Test
  void saysWhyAnotherOneAnswered() {
    failing.put(FIRST, ErrorType.HTTP_5XX);
    failing.put(SECOND, ErrorType.NOT_JSON);
    FallbackChain.Result result = generate(3);
    assertThat(result.answer()).isInstanceOf(ModelAnswer.Text.class);
    assertThat(result.degraded())
        .contains("a:first failed with http_5xx, b:second failed with not_json");
    assertThat(result.answer().attempts())
        .extracting(Attempt::error)
        .containsExactly(ErrorType.HTTP_5XX, ErrorType.NOT_JSON, null);
    assertThat(calls).extracting(ModelCall::reserved).containsExactly(2, 1, 0);
  }

  @Test
  void endsWithTheLastFailureAndAllAttempts() {
    failing.put(FIRST, ErrorType.HTTP_5XX);
    failing.put(SECOND, ErrorType.AUTH);
    failing.put(THIRD, ErrorType.TIMEOUT);
    ModelAnswer answer = generate(3).answer();
    assertThat(((ModelAnswer.Failure) answer).error()).isEqualTo(ErrorType.TIMEOUT);
    assertThat(answer.attempts()).hasSize(3);
  }

  @Test
  void asksNobodyWithoutSends() {
    failing.put(FIRST, ErrorType.HTTP_5XX);
    failing.put(SECOND, ErrorType.AUTH);
    ModelAnswer answer = generate(2).answer();
    assertThat(((ModelAnswer.Failure) answer).error()).isEqualTo(ErrorType.AUTH);
    assertThat(calls).extracting(ModelCall::model).containsExactly(FIRST, SECOND);
  }

  @Test
  void asksNobodyAfterTheDeadline() {
    failing.put(FIRST, ErrorType.TIMEOUT);
    takes = Duration.ofSeconds(60);
    generate(3);
    assertThat(calls).extracting(ModelCall::model).containsExactly(FIRST);
  }

  @ParameterizedTest
  @EnumSource(
      value = ErrorType.class,
      names = {"UNANSWERABLE", "DEADLINE", "SENDS_EXHAUSTED", "INTERRUPTED", "INTERNAL"})
  void asksNobodyElseWhereThatWouldNotHelp(ErrorType error) {
    failing.put(FIRST, error);
    assertThat(((ModelAnswer.Failure) generate(3).answer()).error()).isEqualTo(error);
    assertThat(calls).hasSize(1);
  }

  private FallbackChain.Result generate(int sends) {
    ModelCall call =
        new ModelCall(
            FIRST,
            List.of(),
            1_000,
            100,
            NOW.plusSeconds(60),
            Purpose.GENERATE,
            new SendAllowance(sends),
            0);
    return new FallbackChain(models, clock).generate(call, List.of(FIRST, SECOND, THIRD));
  }

  private static Attempt attempt(ModelCall call, @Nullable ErrorType error) {
    return new Attempt(
        call.model(), null, call.purpose(), true, NOW, Duration.ZERO, error, null, null);
  }
}
