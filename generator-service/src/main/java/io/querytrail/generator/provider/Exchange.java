package io.querytrail.generator.provider;

import io.querytrail.generator.model.ErrorType;
import java.net.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * What happened on the wire during one call. Bound to the calling thread while the call lasts, so
 * that one client serves any number of calls at once. Used by that thread only.
 */
final class Exchange {
  /** An answer, read to its end. */
  record Response(int status, HttpHeaders headers, String body) {}

  /**
   * The end of an exchange that gave no answer.
   *
   * @param sent false only when it is certain that no byte of the request left
   */
  record Broken(ErrorType error, String message, boolean sent) {}

  private final long deadlineNanos;
  private boolean begun;
  private @Nullable Response response;
  private @Nullable Broken broken;

  /** {@code deadlineNanos} is on the scale of {@link System#nanoTime()}. */
  Exchange(long deadlineNanos) {
    this.deadlineNanos = deadlineNanos;
  }

  long remainingNanos() {
    return deadlineNanos - System.nanoTime();
  }

  void begin() {
    begun = true;
  }

  boolean hasBegun() {
    return begun;
  }

  void answered(Response answer) {
    response = answer;
  }

  void broke(Broken how) {
    broken = how;
  }

  @Nullable Response response() {
    return response;
  }

  @Nullable Broken broken() {
    return broken;
  }
}
