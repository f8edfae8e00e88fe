package io.querytrail.generator.kafka;

import org.jspecify.annotations.Nullable;

/** The broker refuses a record for good: a person must act. */
final class PublishingFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PublishingFailedException(String topic, @Nullable Throwable cause) {
    super("cannot write to " + topic + ": " + cause, cause);
  }
}
