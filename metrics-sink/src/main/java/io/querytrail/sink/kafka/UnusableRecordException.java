package io.querytrail.sink.kafka;

import org.jspecify.annotations.Nullable;

/** A record that will never be a row; it goes to the dead letters and the next one comes. */
final class UnusableRecordException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String errorClass;

  UnusableRecordException(String errorClass, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.errorClass = errorClass;
  }

  /** Kind of failure, as the dead letter's header says it. */
  String errorClass() {
    return errorClass;
  }
}
