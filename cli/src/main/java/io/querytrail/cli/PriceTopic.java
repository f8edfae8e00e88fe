package io.querytrail.cli;

import io.querytrail.audit.AuditStreamService;
import io.querytrail.audit.prices.PriceFile;
import io.querytrail.audit.prices.TableDocument;
import io.querytrail.events.PriceList;
import io.querytrail.schemas.DeadLetter;
import io.querytrail.schemas.EventHeaders;
import io.querytrail.schemas.EventSerializer;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TraceParent;
import io.querytrail.service.KafkaConfig;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes price tables on their topic. A table is in force where the stream has read it,
 * which its committed offsets tell, and has not set it aside.
 */
final class PriceTopic {
  private static final Duration READ_WITHIN = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(50);

  /** Two that apply at the same time go one after the other. */
  private static final String TRANSACTIONAL_ID = "querytrail-prices-apply";

  private final KafkaConfig kafka;

  PriceTopic(KafkaConfig kafka) {
    this.kafka = kafka;
  }

  /** The tables in the order in which they were applied. */
  List<TableDocument> tables() {
    Map<String, TableDocument> byVersion = new LinkedHashMap<>();
    try (TopicReader reader = new TopicReader(kafka)) {
      reader
          .atBeginning(List.of(reader.partitions(Topic.PRICES).getFirst()))
          .readToEnd(record ->
              reader
                  .event(record)
                  .filter(PriceList.class::isInstance)
                  .map(PriceList.class::cast)
                  .ifPresent(list ->
                      document(list)
                          .ifPresent(found -> byVersion.putIfAbsent(list.getVersion(), found))));
    }
    return new ArrayList<>(byVersion.values());
  }

  /** Empty for a table of somebody else that the stream cannot have taken either. */
  private static Optional<TableDocument> document(PriceList list) {
    try {
      return Optional.of(PriceFile.read(list.getTable()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Writes the table to every partition, in one transaction, and waits until the stream has taken
   * it everywhere.
   *
   * @return the number of partitions
   * @throws CommandException when the stream sets it aside or does not read it
   */
  int apply(TableDocument table) throws InterruptedException {
    Instant before = Instant.now().minus(READ_WITHIN);
    Map<TopicPartition, Long> written = write(table);
    awaitRead(table, written);
    Optional<String> reason = reasonAgainst(written, before);
    if (reason.isPresent()) {
      throw new CommandException(
          ExitCodes.REJECTED,
          "prices %s were refused: %s".formatted(table.version(), reason.get()));
    }
    return written.size();
  }

  private Map<TopicPartition, Long> write(TableDocument table) throws InterruptedException {
    PriceList event =
        PriceList.newBuilder()
            .setVersion(table.version())
            .setEffectiveFrom(table.table().effective())
            .setCurrency(table.currency())
            .setSource(table.source())
            .setTable(PriceFile.write(table))
            .build();
    Headers headers =
        EventHeaders.of(
            event,
            "prices/" + table.version(),
            "querytrail/cli",
            table.version(),
            Instant.now(),
            TraceParent.start(new SecureRandom()));
    Map<String, Object> settings = kafka.clientSettings();
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, TRANSACTIONAL_ID);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topic.MAX_RECORD_BYTES);
    EventSerializer events = new EventSerializer();
    events.configure(settings, false);
    try (KafkaProducer<String, SpecificRecord> producer =
        new KafkaProducer<>(settings, new StringSerializer(), events)) {
      producer.initTransactions();
      producer.beginTransaction();
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      String topic = Topic.PRICES.topicName();
      for (int i = 0; i < producer.partitionsFor(topic).size(); i++) {
        sent.add(producer.send(new ProducerRecord<>(topic, i, table.version(), event, headers)));
      }
      producer.commitTransaction();
      Map<TopicPartition, Long> offsets = new HashMap<>();
      for (Future<RecordMetadata> record : sent) {
        RecordMetadata at = record.get();
        offsets.put(new TopicPartition(at.topic(), at.partition()), at.offset());
      }
      return offsets;
    } catch (ExecutionException e) {
      throw new CommandException(ExitCodes.FAILED, "the prices were not taken: " + e.getCause());
    }
  }

  private void awaitRead(TableDocument table, Map<TopicPartition, Long> written)
      throws InterruptedException {
    long deadline = System.nanoTime() + READ_WITHIN.toNanos();
    try (Admin admin = Admin.create(kafka.clientSettings())) {
      while (true) {
        Map<TopicPartition, OffsetAndMetadata> read =
            admin
                .listConsumerGroupOffsets(AuditStreamService.GROUP)
                .partitionsToOffsetAndMetadata()
                .get();
        long waiting =
            written.entrySet().stream()
                .filter(record -> !isPast(read.get(record.getKey()), record.getValue()))
                .count();
        if (waiting == 0) {
          return;
        }
        if (System.nanoTime() > deadline) {
          throw new CommandException(
              ExitCodes.FAILED,
              "prices %s were written, but %d of %d partitions were not read within %d s; is audit-stream running?"
                  .formatted(table.version(), waiting, written.size(), READ_WITHIN.toSeconds()));
        }
        LockSupport.parkNanos(POLL.toNanos());
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
    } catch (ExecutionException e) {
      throw new CommandException(
          ExitCodes.FAILED, "cannot tell how far audit-stream has read: " + e.getCause());
    }
  }

  private static boolean isPast(@Nullable OffsetAndMetadata read, long record) {
    return read != null && read.offset() > record;
  }

  /** What the stream wrote to the dead letters about one of the records; the same of each. */
  private Optional<String> reasonAgainst(Map<TopicPartition, Long> written, Instant since) {
    try (TopicReader reader = new TopicReader(kafka)) {
      return reader
          .at(reader.partitions(Topic.DEAD_LETTERS), since)
          .findToEnd(record -> {
            Headers headers = record.headers();
            boolean ours =
                written.entrySet().stream()
                    .anyMatch(entry ->
                        is(headers, DeadLetter.TOPIC, entry.getKey().topic())
                            && is(headers, DeadLetter.PARTITION, entry.getKey().partition())
                            && is(headers, DeadLetter.OFFSET, entry.getValue()));
            return ours
                ? EventHeaders.text(headers, DeadLetter.ERROR_MESSAGE)
                : Optional.<String>empty();
          });
    }
  }

  private static boolean is(Headers headers, String name, Object value) {
    return EventHeaders.text(headers, name).filter(value.toString()::equals).isPresent();
  }
}
