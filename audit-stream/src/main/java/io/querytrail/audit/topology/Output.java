package io.querytrail.audit.topology;

import io.querytrail.audit.ledger.Admission;
import io.querytrail.audit.ledger.DatasourceRule;
import io.querytrail.audit.ledger.Request;
import io.querytrail.audit.ledger.Routing;
import io.querytrail.schemas.DeadLetter;
import io.querytrail.schemas.EventHeaders;
import io.querytrail.schemas.EventSerializer;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TraceParent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Writes events to their topics, in the transaction of the record that caused them. Belongs to one
 * task.
 */
final class Output {
  private static final byte[] NO_BYTES = {};
  private static final String SOURCE = "querytrail/audit-stream";

  private final ProcessorContext<byte[], byte[]> context;
  private final EventSerializer events;
  private final RandomGenerator random;

  Output(ProcessorContext<byte[], byte[]> context, EventSerializer events, RandomGenerator random) {
    this.context = context;
    this.events = events;
    this.random = random;
  }

  /**
   * @param key record key
   * @param id the same whenever the same event is written again
   * @param subject what the event is about
   */
  void write(
      Topic topic,
      String key,
      SpecificRecord event,
      String id,
      String subject,
      Instant at,
      TraceParent trace) {
    Headers headers = EventHeaders.of(event, id, SOURCE, subject, at, trace.next(random));
    context.forward(
        new Record<>(
            key.getBytes(StandardCharsets.UTF_8),
            events.serialize(topic.topicName(), event),
            at.toEpochMilli(),
            headers),
        topic.topicName());
  }

  /** Ends a key of a compacted topic. */
  void delete(Topic topic, String key, Instant at) {
    context.forward(
        new Record<byte[], byte[]>(key.getBytes(StandardCharsets.UTF_8), null, at.toEpochMilli()),
        topic.topicName());
  }

  /** Hands an admission to the generators. */
  void admit(
      Request request,
      Admission admission,
      DatasourceRule datasource,
      Routing routing,
      Instant at,
      TraceParent trace) {
    String account = request.account().value();
    write(
        Topic.ADMISSIONS,
        account,
        OutboundMapper.admitted(request, admission, datasource, routing),
        account + '/' + admission.id(),
        request.id().value(),
        at,
        trace);
  }

  /** Sets a record aside with the reason; of one that is too large to copy, only the reason. */
  void deadLetter(
      Record<byte[], byte[]> record, RecordMetadata from, String errorClass, String message) {
    Record<byte[], byte[]> kept =
        size(record) > Topic.MAX_RECORD_BYTES
            ? new Record<>(NO_BYTES, NO_BYTES, record.timestamp())
            : record;
    context.forward(
        kept.withHeaders(
            DeadLetter.headers(
                kept.headers(),
                from.topic(),
                from.partition(),
                from.offset(),
                errorClass,
                message)),
        Topic.DEAD_LETTERS.topicName());
  }

  /** Bytes of a record: key, value and headers. */
  static long size(Record<byte[], byte[]> record) {
    long size = length(record.key()) + length(record.value());
    for (Header header : record.headers()) {
      size += header.key().length() + length(header.value());
    }
    return size;
  }

  private static long length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  /** Passes a record on as it is, to the partition of its key. */
  void reroute(Record<byte[], byte[]> record) {
    context.forward(record, Topic.REQUESTS_REROUTED.topicName());
  }

  /** The trace of a record, or a new one where it has none. */
  TraceParent trace(Record<byte[], byte[]> record) {
    return EventHeaders.trace(record.headers()).orElseGet(() -> TraceParent.start(random));
  }
}
