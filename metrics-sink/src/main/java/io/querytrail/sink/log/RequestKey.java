package io.querytrail.sink.log;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * What names a request in every table; tables are partitioned by {@code createdAt}.
 *
 * @param createdAt when the broker appended the request
 * @param requestId unique within the account
 */
public record RequestKey(Instant createdAt, String requestId, String account) {
  public RequestKey {
    StorableTime.check("created_at", createdAt);
  }

  /** The day that the request's cost is counted on. */
  public LocalDate utcDay() {
    return LocalDate.ofInstant(createdAt, ZoneOffset.UTC);
  }
}
