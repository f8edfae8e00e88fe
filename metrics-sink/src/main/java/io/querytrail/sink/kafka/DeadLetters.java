package io.querytrail.sink.kafka;

import io.querytrail.schemas.DeadLetter;
import io.querytrail.schemas.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Puts unusable records where nothing is lost. A crash between here and the commit of the offsets
 * makes a second letter of the same topic, partition and offset.
 */
final class DeadLetters implements AutoCloseable {
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
  private static final int HEADERS_BYTES = 64 * 1024;

  private final Producer<byte[], byte[]> producer;

  DeadLetters(Producer<byte[], byte[]> producer) {
    this.producer = producer;
  }

  static DeadLetters open(Map<String, Object> kafka) {
    Map<String, Object> settings = new HashMap<>(kafka);
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    settings.put("max.request.size", Topic.MAX_RECORD_BYTES + HEADERS_BYTES);
    // The worker tries again by itself, and polls in between.
    settings.put("max.block.ms", 10_000);
    settings.put("request.timeout.ms", 10_000);
    settings.put("delivery.timeout.ms", 20_000);
    return new DeadLetters(
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()));
  }

  Producer<byte[], byte[]> producer() {
    return producer;
  }

  /**
   * Returns when the broker has all of them.
   *
   * @throws KafkaException when it does not take them; some may have been sent
   */
  void send(List<DeadRecord> dead) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (DeadRecord record : dead) {
      sent.add(producer.send(letter(record, record.record().value(), record.message())));
    }
    for (int i = 0; i < sent.size(); i++) {
      try {
        await(sent.get(i));
      } catch (RecordTooLargeException e) {
        await(producer.send(withoutValue(dead.get(i))));
      }
    }
  }

  /** The headers made it too big for the topic: the place says where the original stands. */
  private static ProducerRecord<byte[], byte[]> withoutValue(DeadRecord record) {
    return letter(
        record, null, "(value left out, too large for a dead letter) " + record.message());
  }

  private static ProducerRecord<byte[], byte[]> letter(
      DeadRecord dead, byte @Nullable [] value, String message) {
    ConsumerRecord<byte[], byte[]> record = dead.record();
    return new ProducerRecord<>(
        Topic.DEAD_LETTERS.topicName(),
        null,
        record.key(),
        value,
        DeadLetter.headers(
            record.headers(),
            record.topic(),
            record.partition(),
            record.offset(),
            dead.errorClass(),
            message));
  }

  private static void await(Future<RecordMetadata> sent) {
    try {
      sent.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KafkaException cause) {
        throw cause;
      }
      throw new KafkaException("dead letter was not taken", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted while sending a dead letter", e);
    }
  }

  @Override
  public void close() {
    producer.close(CLOSE_TIMEOUT);
  }
}
