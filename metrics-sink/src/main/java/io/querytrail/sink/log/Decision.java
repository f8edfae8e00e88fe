package io.querytrail.sink.log;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a request ended.
 *
 * @param verdict {@code APPROVED} or {@code REJECTED}
 * @param violations JSON array of broken rules; null for none
 * @param receipt JSON object of the budget that refused; null where none did
 */
public record Decision(
    String verdict,
    @Nullable String stage,
    @Nullable String reason,
    @Nullable String message,
    @Nullable String violations,
    @Nullable String receipt,
    Instant at) {
  static final String APPROVED = "APPROVED";
  static final String REJECTED = "REJECTED";

  public Decision {
    StorableTime.check("decided_at", at);
  }
}
