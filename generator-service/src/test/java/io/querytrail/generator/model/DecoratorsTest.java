package io.querytrail.generator.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.generator.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DecoratorsTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  private final SettableClock clock = new SettableClock(NOW);
  private final List<ModelCall> received = new ArrayList<>();
  private final ModelClient recorder =
      call -> {
        received.add(call);
        return new ModelAnswer.Text("{}", call.model(), List.of());
      };

  @Test
  void sendsNoMoreThanTheAllowance() {
    // Given
    ModelClient client = new AllowedModelClient(recorder);
    ModelCall call = call("test", NOW.plusSeconds(60), 2);

    // When
    client.generate(call);
    client.generate(call);
    ModelAnswer third = client.generate(call);

    // Then
    assertThat(received).hasSize(2);
    assertThat(third)
        .isEqualTo(
            new ModelAnswer.Failure(
                ErrorType.SENDS_EXHAUSTED,
                "the admission allows no further model call",
                List.of()));
  }

  @Test
  void givesBackASendThatCertainlyNeverLeft() {
    SendAllowance allowance = new SendAllowance(1);
    ModelCall call = call("test", NOW.plusSeconds(60), 1);
    ModelCall own =
        new ModelCall(
            call.model(), List.of(), 1_000, 100, call.deadline(), call.purpose(), allowance, 0);
    ModelClient unsent =
        new AllowedModelClient(refused ->
            new ModelAnswer.Failure(
                ErrorType.NETWORK,
                "no connection",
                List.of(Attempt.unsent(refused, NOW, ErrorType.NETWORK))));

    unsent.generate(own);

    assertThat(allowance.left()).isEqualTo(1);
    new AllowedModelClient(recorder).generate(own);
    assertThat(allowance.left()).isZero();
  }

  @Test
  void sendsNothingAfterTheDeadline() {
    ModelClient client = new DeadlineModelClient(recorder, Duration.ofSeconds(30), clock);

    ModelAnswer answer = client.generate(call("test", NOW, 1));

    assertThat(received).isEmpty();
    assertThat(answer.attempts()).isEmpty();
    assertThat(((ModelAnswer.Failure) answer).error()).isEqualTo(ErrorType.DEADLINE);
  }

  @Test
  void givesACallTheEarlierOfItsDeadlineAndTheTimeout() {
    // Given
    ModelClient client = new DeadlineModelClient(recorder, Duration.ofSeconds(30), clock);

    // When
    client.generate(call("test", NOW.plusSeconds(10), 1));
    client.generate(call("test", NOW.plusSeconds(100), 1));

    // Then
    assertThat(received)
        .extracting(ModelCall::deadline)
        .containsExactly(NOW.plusSeconds(10), NOW.plusSeconds(30));
  }

  @Test
  void reportsAnUnsentAttemptWhereNobodyKnowsTheProvider() {
    ModelClient client = new ProviderModelClient(Map.of("test", recorder), clock);

    ModelAnswer answer = client.generate(call("other", NOW.plusSeconds(10), 1));

    assertThat(received).isEmpty();
    assertThat(((ModelAnswer.Failure) answer).error()).isEqualTo(ErrorType.UNKNOWN_PROVIDER);
    assertThat(answer.attempts()).singleElement().matches(attempt -> !attempt.sent());
  }

  private static ModelCall call(String provider, Instant deadline, int sends) {
    return new ModelCall(
        new ModelName(provider, "m"),
        List.of(),
        1_000,
        100,
        deadline,
        Purpose.GENERATE,
        new SendAllowance(sends),
        0);
  }
}
