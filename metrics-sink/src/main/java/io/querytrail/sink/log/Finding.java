package io.querytrail.sink.log;

import org.jspecify.annotations.Nullable;

/**
 * A record whose rows are not as they should be.
 *
 * @param partition of the audit topic
 * @param account null where the record could not be read
 * @param requestId null where the record could not be read
 * @param detail what differs, in column names; never values
 */
public record Finding(
    Kind kind,
    int partition,
    long offset,
    @Nullable String account,
    @Nullable String requestId,
    String detail) {
  /** What is wrong. */
  public enum Kind {
    /** Kafka has it, the log does not. */
    MISSING,
    /** The log has it more than once. */
    DUPLICATE,
    /** The log has it with other values. */
    DIFFERING,
    /** The log has it, Kafka does not. */
    UNEXPECTED
  }
}
