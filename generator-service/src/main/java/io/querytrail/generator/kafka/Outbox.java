package io.querytrail.generator.kafka;

import io.querytrail.generator.generation.Admission;
import io.querytrail.generator.generation.Generation;
import io.querytrail.generator.model.ErrorType;
import io.querytrail.schemas.DeadLetter;
import io.querytrail.schemas.EventHeaders;
import io.querytrail.schemas.EventSerializer;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TraceParent;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes generations and dead letters, and returns when the broker has them: what a model was paid
 * for is not given up because the broker is away for a while. Safe for use by several threads.
 */
final class Outbox {
  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
  private static final String SOURCE = "querytrail/generator-service";

  private final Producer<byte[], byte[]> producer;
  private final EventSerializer events;
  private final Clock clock;
  private volatile Optional<String> problem = Optional.empty();

  Outbox(Producer<byte[], byte[]> producer, EventSerializer events, Clock clock) {
    this.producer = producer;
    this.events = events;
    this.clock = clock;
  }

  /** Why nothing can be written now, where that is so. */
  Optional<String> problem() {
    return problem;
  }

  void publish(Generation generation, TraceParent trace) throws InterruptedException {
    try {
      send(generationRecord(generation, trace));
    } catch (RecordTooLargeException e) {
      send(generationRecord(tooLarge(generation), trace));
    }
  }

  /** Tells the ledger of an admission whose models an earlier owner may have called. */
  void reportInterrupted(Admission admission, TraceParent trace) throws InterruptedException {
    send(
        record(
            admission,
            EventMapper.interrupted(admission),
            admission.admissionId() + "/interrupted",
            trace));
  }

  void deadLetter(ConsumerRecord<byte[], byte[]> record, AdmissionReader.Reading.Unusable why)
      throws InterruptedException {
    send(
        new ProducerRecord<>(
            Topic.DEAD_LETTERS.topicName(),
            null,
            record.key(),
            record.value(),
            DeadLetter.headers(
                record.headers(),
                record.topic(),
                record.partition(),
                record.offset(),
                why.errorClass(),
                why.message())));
  }

  void flush() {
    producer.flush();
  }

  private ProducerRecord<byte[], byte[]> generationRecord(
      Generation generation, TraceParent trace) {
    Admission admission = generation.admission();
    return record(
        admission,
        EventMapper.event(generation),
        admission.admissionId() + "/" + generation.nonce(),
        trace);
  }

  private ProducerRecord<byte[], byte[]> record(
      Admission admission, SpecificRecord event, String id, TraceParent trace) {
    String topic = Topic.GENERATIONS.topicName();
    return new ProducerRecord<>(
        topic,
        null,
        admission.account().getBytes(StandardCharsets.UTF_8),
        events.serialize(topic, event),
        EventHeaders.of(event, id, SOURCE, admission.requestId(), clock.instant(), trace));
  }

  private static Generation tooLarge(Generation generation) {
    return new Generation.Failed(
        generation.admission(),
        generation.nonce(),
        ErrorType.RESULT_TOO_LARGE,
        "the answer and what was shown for it are larger than a record may be",
        null,
        List.copyOf(generation.attempts()),
        null,
        null,
        generation.timing());
  }

  private void send(ProducerRecord<byte[], byte[]> record) throws InterruptedException {
    while (true) {
      try {
        producer.send(record).get();
        problem = Optional.empty();
        return;
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RecordTooLargeException tooLarge) {
          throw tooLarge;
        }
        if (!(e.getCause() instanceof RetriableException)) {
          throw new PublishingFailedException(record.topic(), e.getCause());
        }
        // The producer tried for its whole delivery timeout, so this loop does not run hot.
        problem = Optional.of("the broker does not take records: " + e.getCause().getMessage());
        LOG.atWarn()
            .addKeyValue("topic", record.topic())
            .addKeyValue("error", e.getCause().toString())
            .log("record not written yet");
      } catch (InterruptException e) {
        throw new InterruptedException("interrupted while writing to " + record.topic());
      }
    }
  }
}
