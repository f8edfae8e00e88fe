package io.querytrail.cli;

import io.querytrail.schemas.EventHeaders;
import io.querytrail.schemas.EventSerializer;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TraceParent;
import io.querytrail.service.KafkaConfig;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes one event about an account, and returns when every replica has it. */
final class EventWriter {
  private final KafkaConfig kafka;

  EventWriter(KafkaConfig kafka) {
    this.kafka = kafka;
  }

  /**
   * @param id the same whenever the same event is written again
   * @param what the event is to people
   * @throws CommandException when the broker does not take it
   */
  void write(
      Topic topic, String account, SpecificRecord event, String id, TraceParent trace, String what)
      throws InterruptedException {
    Map<String, Object> settings = kafka.clientSettings();
    settings.put("acks", "all");
    EventSerializer events = new EventSerializer();
    events.configure(settings, false);
    try (KafkaProducer<String, SpecificRecord> producer =
        new KafkaProducer<>(settings, new StringSerializer(), events)) {
      producer
          .send(
              new ProducerRecord<>(
                  topic.topicName(),
                  null,
                  account,
                  event,
                  EventHeaders.of(event, id, "querytrail/cli", account, Instant.now(), trace)))
          .get();
    } catch (ExecutionException e) {
      throw new CommandException(ExitCodes.FAILED, what + " was not taken: " + e.getCause());
    }
  }
}
