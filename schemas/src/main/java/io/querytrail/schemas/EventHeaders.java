package io.querytrail.schemas;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The headers of every record: CloudEvents 1.0 in Kafka's binary mode, and the W3C trace context.
 *
 * <p>{@code ce_source} and {@code ce_id} together are the identity of an event.
 */
public final class EventHeaders {
  public static final String ID = "ce_id";
  public static final String SOURCE = "ce_source";
  public static final String TYPE = "ce_type";
  public static final String SPEC_VERSION = "ce_specversion";
  public static final String TIME = "ce_time";
  public static final String SUBJECT = "ce_subject";
  public static final String CONTENT_TYPE = "content-type";

  private static final String AVRO = "application/avro";

  private EventHeaders() {}

  /**
   * Headers for one event.
   *
   * @param id unique within the source; the same when the same event is written again
   * @param source URI reference of whoever writes
   * @param subject what the event is about: the request id or the account
   * @param time when it happened
   */
  public static Headers of(
      SpecificRecord event,
      String id,
      String source,
      String subject,
      Instant time,
      TraceParent trace) {
    Headers headers = new RecordHeaders();
    put(headers, ID, id);
    put(headers, SOURCE, source);
    put(headers, TYPE, event.getSchema().getFullName());
    put(headers, SPEC_VERSION, "1.0");
    put(headers, TIME, time.toString());
    put(headers, SUBJECT, subject);
    put(headers, CONTENT_TYPE, AVRO);
    put(headers, TraceParent.HEADER, trace.format());
    return headers;
  }

  /** The trace that a record belongs to, where it carries a valid one. */
  public static Optional<TraceParent> trace(Headers headers) {
    return text(headers, TraceParent.HEADER).flatMap(TraceParent::parse);
  }

  /** The last header of that name as text. */
  public static Optional<String> text(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    return header == null || header.value() == null
        ? Optional.empty()
        : Optional.of(new String(header.value(), StandardCharsets.UTF_8));
  }

  private static void put(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
