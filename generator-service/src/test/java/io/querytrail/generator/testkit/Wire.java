package io.querytrail.generator.testkit;

import io.querytrail.events.GenerationFailed;
import io.querytrail.events.GenerationInterrupted;
import io.querytrail.events.QueryAdmitted;
import io.querytrail.events.QueryGenerated;
import io.querytrail.generator.offset.DispatchMark;
import io.querytrail.generator.offset.MarkCodec;
import io.querytrail.schemas.EventDeserializer;
import io.querytrail.schemas.EventHeaders;
import io.querytrail.schemas.EventSerializer;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TraceParent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The services around the generator, as a test plays them: admissions go in by transactions, as the
 * audit stream writes them, and everything that comes out from now on is kept.
 */
public final class Wire implements AutoCloseable {
  private static final String ADMISSIONS = Topic.ADMISSIONS.topicName();

  private final Admin admin;
  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final EventSerializer serializer = new EventSerializer();
  private final EventDeserializer deserializer = new EventDeserializer();
  private final List<ConsumerRecord<byte[], byte[]>> received = new CopyOnWriteArrayList<>();
  private final Thread reader;
  private volatile boolean closed;

  public Wire(String bootstrapServers) {
    Map<String, Object> client = Map.of("bootstrap.servers", bootstrapServers);
    admin = Admin.create(client);
    Map<String, Object> writing = new HashMap<>(client);
    writing.put("transactional.id", "test-" + UUID.randomUUID());
    producer = new KafkaProducer<>(writing, new ByteArraySerializer(), new ByteArraySerializer());
    producer.initTransactions();
    consumer =
        new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions = new ArrayList<>();
    for (Topic topic : List.of(Topic.GENERATIONS, Topic.DEAD_LETTERS)) {
      consumer
          .partitionsFor(topic.topicName())
          .forEach(info -> partitions.add(new TopicPartition(info.topic(), info.partition())));
    }
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
    reader = Thread.ofPlatform().daemon().start(this::read);
  }

  private void read() {
    while (!closed) {
      consumer.poll(Duration.ofMillis(50)).forEach(received::add);
    }
    consumer.close();
  }

  /** A group that has read everything so far, so that earlier tests are none of its business. */
  public String groupAtTheEnd() {
    return groupAtTheEnd("generator-" + UUID.randomUUID());
  }

  /** The same under a name. */
  public String groupAtTheEnd(String group) {
    try {
      Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
      admin
          .describeTopics(List.of(ADMISSIONS))
          .allTopicNames()
          .get()
          .forEach((name, topic) ->
              topic
                  .partitions()
                  .forEach(info ->
                      latest.put(new TopicPartition(name, info.partition()), OffsetSpec.latest())));
      Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
      admin
          .listOffsets(latest)
          .all()
          .get()
          .forEach((partition, end) ->
              offsets.put(
                  partition,
                  new OffsetAndMetadata(
                      end.offset(), MarkCodec.encode(DispatchMark.allDoneBelow(end.offset())))));
      admin.alterConsumerGroupOffsets(group, offsets).all().get();
      return group;
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Puts the group back to this offset, without a word on what was dispatched. */
  public void resetByHand(String group, int partition, long offset, String metadata) {
    try {
      admin
          .alterConsumerGroupOffsets(
              group,
              Map.of(
                  new TopicPartition(ADMISSIONS, partition),
                  new OffsetAndMetadata(offset, metadata)))
          .all()
          .get();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes admissions in one transaction, each in a trace of its own. */
  public List<RecordMetadata> admit(QueryAdmitted... admissions) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (QueryAdmitted admission : admissions) {
      records.add(record(admission, TraceParent.start(new Random())));
    }
    return write(records);
  }

  public RecordMetadata admit(QueryAdmitted admission, TraceParent trace) {
    return write(List.of(record(admission, trace))).getFirst();
  }

  public RecordMetadata writeRaw(String key, byte[] value) {
    return write(
            List.of(new ProducerRecord<>(ADMISSIONS, key.getBytes(StandardCharsets.UTF_8), value)))
        .getFirst();
  }

  private ProducerRecord<byte[], byte[]> record(QueryAdmitted admission, TraceParent trace) {
    return new ProducerRecord<>(
        ADMISSIONS,
        null,
        admission.getAccount().getBytes(StandardCharsets.UTF_8),
        serializer.serialize(ADMISSIONS, admission),
        EventHeaders.of(
            admission,
            admission.getAdmissionId(),
            "test",
            admission.getRequestId(),
            Instant.now(),
            trace));
  }

  private List<RecordMetadata> write(List<ProducerRecord<byte[], byte[]>> records) {
    try {
      producer.beginTransaction();
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      records.forEach(record -> sent.add(producer.send(record)));
      producer.commitTransaction();
      List<RecordMetadata> metadata = new ArrayList<>();
      for (Future<RecordMetadata> future : sent) {
        metadata.add(future.get());
      }
      return metadata;
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Every generation of the request so far. */
  public List<ConsumerRecord<byte[], byte[]>> generations(String requestId) {
    return received.stream()
        .filter(record -> record.topic().equals(Topic.GENERATIONS.topicName()))
        .filter(record -> requestId(event(record)).equals(requestId))
        .toList();
  }

  public List<ConsumerRecord<byte[], byte[]>> generations() {
    return received.stream()
        .filter(record -> record.topic().equals(Topic.GENERATIONS.topicName()))
        .toList();
  }

  public List<ConsumerRecord<byte[], byte[]>> deadLetters() {
    return received.stream()
        .filter(record -> record.topic().equals(Topic.DEAD_LETTERS.topicName()))
        .toList();
  }

  public SpecificRecord event(ConsumerRecord<byte[], byte[]> record) {
    SpecificRecord event = deserializer.deserialize(record.topic(), record.value());
    if (event == null) {
      throw new AssertionError("a generation without a value");
    }
    return event;
  }

  public static String requestId(SpecificRecord event) {
    return switch (event) {
      case QueryGenerated generated -> generated.getRequestId();
      case GenerationFailed failed -> failed.getRequestId();
      case GenerationInterrupted interrupted -> interrupted.getRequestId();
      default -> throw new AssertionError("not expected: " + event.getSchema().getName());
    };
  }

  /** What the group has committed of the partition. */
  public Optional<Long> committed(String group, int partition) {
    try {
      return Optional.ofNullable(
              admin
                  .listConsumerGroupOffsets(group)
                  .partitionsToOffsetAndMetadata()
                  .get()
                  .get(new TopicPartition(ADMISSIONS, partition)))
          .map(OffsetAndMetadata::offset);
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How many admissions may have been dispatched, and are not known to be finished. */
  public long suspects(String group) {
    try {
      return admin
          .listConsumerGroupOffsets(group)
          .partitionsToOffsetAndMetadata()
          .get()
          .values()
          .stream()
          .mapToLong(offset ->
              MarkCodec.decode(offset.offset(), offset.metadata()).orElseThrow().suspects())
          .sum();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Deletes admissions up to and with this one, as retention does. */
  public void deleteUpTo(RecordMetadata last) {
    try {
      admin
          .deleteRecords(
              Map.of(
                  new TopicPartition(last.topic(), last.partition()),
                  RecordsToDelete.beforeOffset(last.offset() + 1)))
          .all()
          .get();
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close();
    admin.close();
  }
}
