package io.querytrail.audit.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tries and waits, in a time of their own. */
class AlertDeliveryTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final WebhookMetrics metrics = new WebhookMetrics(registry);
  private final List<Duration> waits = new ArrayList<>();
  private final List<String> posted = new ArrayList<>();
  private final Deque<Posted> answers = new ArrayDeque<>();
  private long nanos;

  @Test
  void alertThatIsTakenIsPostedOnce() throws Exception {
    answers.add(new Posted.Taken(200));

    assertThat(delivery(5, 600).deliver(Alerts.alert("a-1"))).isEmpty();

    assertThat(posted).containsExactly("a-1");
    assertThat(waits).isEmpty();
    assertThat(count("taken")).isEqualTo(1);
  }

  @Test
  void waitsDoubleUpToAMinuteAndHalfOfEachIsChance() throws Exception {
    fail(10, "http_500", null);
    answers.add(new Posted.Taken(200));

    assertThat(delivery(20, 3_600).deliver(Alerts.alert("a-1"))).isEmpty();

    assertThat(posted).hasSize(11).containsOnly("a-1");
    assertThat(waits).hasSize(10);
    for (int i = 0; i < waits.size(); i++) {
      Duration full = Duration.ofSeconds(Math.min(60, 1L << i));
      assertThat(waits.get(i)).isBetween(full.dividedBy(2), full);
    }
    assertThat(waits.stream().map(Duration::toNanos).distinct()).hasSize(10);
    assertThat(count("http_500")).isEqualTo(10);
    assertThat(registry.get("querytrail.alert.webhook.failures.in.a.row").gauge().value()).isZero();
  }

  @Test
  void receiverIsLeftAloneForAsLongAsItAsks() throws Exception {
    fail(1, "http_429", Duration.ofSeconds(30));
    answers.add(new Posted.Taken(200));

    delivery(5, 600).deliver(Alerts.alert("a-1"));

    assertThat(waits).containsExactly(Duration.ofSeconds(30));
  }

  @Test
  void alertIsGivenUpAfterItsTries() throws Exception {
    fail(3, "connection_refused", null);

    assertThat(delivery(3, 600).deliver(Alerts.alert("a-1")))
        .hasValueSatisfying(
            reason -> assertThat(reason).contains("3 tries").contains("connection_refused"));
    assertThat(posted).hasSize(3);
    assertThat(waits).hasSize(2);
  }

  @Test
  void alertIsGivenUpWhenItsTimeIsOverOrTheReceiverAsksForMore() throws Exception {
    fail(20, "timeout", null);
    assertThat(delivery(20, 10).deliver(Alerts.alert("a-1"))).isPresent();
    assertThat(waits.stream().reduce(Duration.ZERO, Duration::plus))
        .isLessThanOrEqualTo(Duration.ofSeconds(10));

    waits.clear();
    answers.clear();
    fail(1, "http_503", Duration.ofDays(1));
    assertThat(delivery(20, 600).deliver(Alerts.alert("a-2"))).isPresent();
    assertThat(waits).isEmpty();
  }

  private void fail(int times, String kind, @Nullable Duration retryAfter) {
    for (int i = 0; i < times; i++) {
      answers.add(new Posted.Failed(kind, Optional.ofNullable(retryAfter)));
    }
  }

  private double count(String outcome) {
    return registry.get("querytrail.alert.webhook.posts").tag("outcome", outcome).counter().count();
  }

  private AlertDelivery delivery(int maxTries, int giveUpAfterSeconds) {
    return new AlertDelivery(
        (id, body) -> {
          posted.add(id);
          return answers.remove();
        },
        new AlertWebhookConfig(
            URI.create("http://receiver/"),
            Alerts.SECRET,
            null,
            1_000,
            maxTries,
            giveUpAfterSeconds),
        wait -> {
          waits.add(wait);
          nanos += wait.toNanos();
        },
        () -> nanos,
        new Random(1),
        metrics);
  }
}
