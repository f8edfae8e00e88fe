package io.querytrail.generator.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.querytrail.events.GenerationFailed;
import io.querytrail.generator.check.GuardRules;
import io.querytrail.generator.generation.Admission;
import io.querytrail.generator.generation.Generation;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.generator.model.ModelName;
import io.querytrail.generator.prompt.Question;
import io.querytrail.generator.routing.Candidate;
import io.querytrail.generator.routing.RoutingRules;
import io.querytrail.generator.testkit.SettableClock;
import io.querytrail.schemas.EventDeserializer;
import io.querytrail.schemas.EventSerializer;
import io.querytrail.schemas.TraceParent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class OutboxTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  private final Deque<RuntimeException> errors = new ArrayDeque<>();
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
        @Override
        public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
          sendException = errors.poll();
          try {
            return super.send(record);
          } catch (RuntimeException e) {
            return java.util.concurrent.CompletableFuture.failedFuture(e);
          }
        }
      };
  private final Outbox outbox = new Outbox(producer, new EventSerializer(), new SettableClock(NOW));

  @Test
  void triesAgainUntilTheBrokerTakesIt() throws InterruptedException {
    // Given
    errors.add(new TimeoutException("no answer"));
    errors.add(new TimeoutException("no answer"));

    // When
    outbox.publish(generation(), TraceParent.start(new Random(1)));

    // Then
    assertThat(producer.history()).hasSize(1);
    assertThat(errors).isEmpty();
    assertThat(outbox.problem()).isEmpty();
  }

  @Test
  void givesUpWhereTheBrokerRefusesForGood() {
    errors.add(new TopicAuthorizationException("generations"));

    assertThatThrownBy(() -> outbox.publish(generation(), TraceParent.start(new Random(1))))
        .isInstanceOf(PublishingFailedException.class);
  }

  @Test
  void reportsAFailureWhereTheResultIsTooLarge() throws InterruptedException {
    errors.add(new RecordTooLargeException("2 MiB and a bit"));

    outbox.publish(generation(), TraceParent.start(new Random(1)));

    ProducerRecord<byte[], byte[]> record = producer.history().getFirst();
    assertThat(new EventDeserializer().deserialize(record.topic(), record.value()))
        .isInstanceOfSatisfying(
            GenerationFailed.class,
            failed -> assertThat(failed.getErrorType()).isEqualTo("result_too_large"));
  }

  private static Generation generation() {
    Admission admission =
        new Admission(
            "r1",
            "acme",
            "r1/1",
            "shop",
            new Question("how many", null, null, null, Map.of()),
            List.of(new Candidate(new ModelName("test", "m"), "cheap")),
            null,
            RoutingRules.DEFAULTS,
            1_000,
            100,
            1,
            NOW.plusSeconds(60),
            List.of("shop"),
            1000,
            new GuardRules(List.of("shop"), 1000, Set.of(), Map.of()),
            NOW);
    return new Generation.Failed(
        admission,
        "nonce-1",
        ErrorType.NOT_JSON,
        "not JSON",
        null,
        List.of(),
        null,
        null,
        new Generation.Timing(
            Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO));
  }
}
