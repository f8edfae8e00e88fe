package io.querytrail.audit.topology;

import io.querytrail.schemas.EventDeserializer;
import io.querytrail.schemas.RequestRules;
import io.querytrail.schemas.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Reads records, and sets those aside that are not what the topic promises. Belongs to one task.
 */
final class Inbound {
  private final EventDeserializer events;
  private final Output output;
  private final TopologyMetrics metrics;

  Inbound(EventDeserializer events, Output output, TopologyMetrics metrics) {
    this.events = events;
    this.output = output;
    this.metrics = metrics;
  }

  /**
   * The event in the record, or empty where it had to be set aside.
   *
   * @param account finds the account in an event that belongs on the topic; empty for any other
   *     event
   */
  Optional<SpecificRecord> read(
      Record<byte[], byte[]> record,
      RecordMetadata from,
      Function<SpecificRecord, Optional<String>> account) {
    return read(record, from, "account", account);
  }

  /**
   * The event in the record, or empty where it had to be set aside.
   *
   * @param what the key holds, in one word
   * @param owner finds it in an event that belongs on the topic; empty for any other event
   */
  Optional<SpecificRecord> read(
      Record<byte[], byte[]> record,
      RecordMetadata from,
      String what,
      Function<SpecificRecord, Optional<String>> owner) {
    if (Output.size(record) > Topic.MAX_RECORD_BYTES) {
      // A compressed record passes the broker's bound, and nothing that follows from it would.
      return aside(
          record,
          from,
          "RECORD_TOO_LARGE",
          "the record has more than %d bytes uncompressed; it was not copied, read it where it is"
              .formatted(Topic.MAX_RECORD_BYTES));
    }
    SpecificRecord event;
    try {
      event = events.deserialize(from.topic(), record.value());
    } catch (SerializationException e) {
      return aside(record, from, "UNDECODABLE", String.valueOf(e.getMessage()));
    }
    if (event == null) {
      return aside(record, from, "EMPTY_RECORD", "the record has no value");
    }
    Optional<String> wanted = owner.apply(event);
    if (wanted.isEmpty()) {
      return aside(
          record,
          from,
          "WRONG_EVENT",
          event.getSchema().getName() + " does not belong on " + from.topic());
    }
    String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
    if (!key.equals(wanted.get())) {
      return aside(
          record,
          from,
          "KEY_MISMATCH",
          "the record key is '%s' and the %s '%s'; they must be equal"
              .formatted(key, what, wanted.get()));
    }
    if (!RequestRules.isId(key)) {
      return aside(
          record,
          from,
          "INVALID_" + what.toUpperCase(Locale.ROOT),
          "the %s is '%s'; use 1 to 64 characters of A-Z a-z 0-9 . _ : -".formatted(what, key));
    }
    return Optional.of(event);
  }

  private Optional<SpecificRecord> aside(
      Record<byte[], byte[]> record, RecordMetadata from, String errorClass, String message) {
    deadLetter(record, from, errorClass, message);
    return Optional.empty();
  }

  void deadLetter(
      Record<byte[], byte[]> record, RecordMetadata from, String errorClass, String message) {
    metrics.deadLetter(from.topic(), errorClass);
    output.deadLetter(record, from, errorClass, message);
  }
}
