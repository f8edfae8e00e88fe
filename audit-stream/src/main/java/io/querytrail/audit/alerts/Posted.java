package io.querytrail.audit.alerts;

import java.time.Duration;
import java.util.Optional;

/** What became of one post. */
sealed interface Posted {
  /** The receiver has it. */
  record Taken(int status) implements Posted {}

  /**
   * The receiver has not said that it has it.
   *
   * @param kind for metrics, such as "http_503" or "timeout"
   * @param retryAfter as long as the receiver asks to be left alone
   */
  record Failed(String kind, Optional<Duration> retryAfter) implements Posted {}
}
