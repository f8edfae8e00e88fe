package io.querytrail.schemas;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Headers of a record that could not be used; its key and value are the original bytes. */
public final class DeadLetter {
  public static final String TOPIC = "querytrail.dlq.topic";
  public static final String PARTITION = "querytrail.dlq.partition";
  public static final String OFFSET = "querytrail.dlq.offset";
  public static final String ERROR_CLASS = "querytrail.dlq.error.class";
  public static final String ERROR_MESSAGE = "querytrail.dlq.error.message";

  /** Longest message kept. Unit: characters. */
  private static final int MAX_MESSAGE = 1_000;

  private DeadLetter() {}

  /**
   * The original headers and, after them, where the record stood and what was wrong with it.
   *
   * @param errorClass kind of failure, such as {@code SerializationException} or {@code
   *     DUPLICATE_REQUEST_ID}
   */
  public static Headers headers(
      Headers original,
      String topic,
      int partition,
      long offset,
      String errorClass,
      String message) {
    Headers headers = new RecordHeaders(original.toArray());
    put(headers, TOPIC, topic);
    put(headers, PARTITION, Integer.toString(partition));
    put(headers, OFFSET, Long.toString(offset));
    put(headers, ERROR_CLASS, errorClass);
    put(
        headers,
        ERROR_MESSAGE,
        message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE));
    return headers;
  }

  private static void put(Headers headers, String name, String value) {
    headers.remove(name).add(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
