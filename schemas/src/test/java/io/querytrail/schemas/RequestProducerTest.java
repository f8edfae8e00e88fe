package io.querytrail.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.querytrail.events.QueryRequested;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class RequestProducerTest {
  private final MockProducer<String, SpecificRecord> kafka =
      new MockProducer<>(false, null, new StringSerializer(), new EventSerializer());
  private final RequestProducer requests =
      new RequestProducer(
          kafka,
          "shop/web",
          new Random(5),
          Clock.fixed(Instant.parse("2026-11-21T10:15:30Z"), ZoneOffset.UTC));

  @Test
  void asksUnderTheAccountsKeyInATraceOfItsOwn() {
    // When
    CompletableFuture<RecordMetadata> sent = requests.ask(Samples.request("acme", "r-1"));

    // Then
    ProducerRecord<String, SpecificRecord> record = kafka.history().get(0);
    assertThat(record.topic()).isEqualTo("querytrail.requests.v1");
    assertThat(record.key()).isEqualTo("acme");
    assertThat(EventHeaders.text(record.headers(), "ce_id")).contains("r-1");
    assertThat(EventHeaders.text(record.headers(), "ce_source")).contains("shop/web");
    assertThat(EventHeaders.text(record.headers(), "ce_time")).contains("2026-11-21T10:15:30Z");
    assertThat(EventHeaders.trace(record.headers())).isPresent();
    assertThat(sent).isNotDone();

    // When the broker has it
    kafka.completeNext();

    // Then
    assertThat(sent).isCompleted();
  }

  @Test
  void goesOnWithTheTraceOfTheCaller() {
    TraceParent trace = TraceParent.start(new Random(9));

    requests.ask(Samples.request("acme", "r-1"), trace);

    assertThat(EventHeaders.trace(kafka.history().get(0).headers())).contains(trace);
  }

  @Test
  void tellsTheBrokersError() {
    CompletableFuture<RecordMetadata> sent = requests.ask(Samples.request("acme", "r-1"));

    kafka.errorNext(new TimeoutException("no broker"));

    assertThat(sent).isCompletedExceptionally();
  }

  @Test
  void refusesARequestThatIsNotWellFormedBeforeItIsSent() {
    QueryRequested request =
        QueryRequested.newBuilder(Samples.request("acme", "r 1")).setQuestion("").build();

    assertThatThrownBy(() -> requests.ask(request))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("requestId")
        .hasMessageContaining("question is empty");
    assertThat(kafka.history()).isEmpty();
  }
}
