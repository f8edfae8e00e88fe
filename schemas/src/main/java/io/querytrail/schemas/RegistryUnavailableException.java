package io.querytrail.schemas;

import org.apache.kafka.common.KafkaException;

/**
 * The schema registry did not answer as it should. Says nothing about the record in hand, which
 * must be tried again and not be set aside: that is what tells it from a {@link
 * org.apache.kafka.common.errors.SerializationException}.
 */
public final class RegistryUnavailableException extends KafkaException {
  private static final long serialVersionUID = 1L;

  RegistryUnavailableException(String message) {
    super(message);
  }

  RegistryUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
