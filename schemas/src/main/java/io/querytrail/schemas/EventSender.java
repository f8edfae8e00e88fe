package io.querytrail.schemas;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * How applications' events reach the broker: idempotent, on all replicas, with an answer for each.
 */
final class EventSender {
  private EventSender() {}

  /** A producer of events; what the settings say of acks and idempotence does not count. */
  static Producer<String, SpecificRecord> open(Map<String, ?> kafka) {
    Map<String, Object> settings = new HashMap<>(kafka);
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    EventSerializer events = new EventSerializer();
    events.configure(settings, false);
    return new KafkaProducer<>(settings, new StringSerializer(), events);
  }

  /** Completes when the broker has the record, or with the broker's error. */
  static CompletableFuture<RecordMetadata> send(
      Producer<String, SpecificRecord> producer, ProducerRecord<String, SpecificRecord> record) {
    CompletableFuture<RecordMetadata> sent = new CompletableFuture<>();
    producer.send(
        record,
        (metadata, error) -> {
          if (error == null) {
            sent.complete(metadata);
          } else {
            sent.completeExceptionally(error);
          }
        });
    return sent;
  }
}
