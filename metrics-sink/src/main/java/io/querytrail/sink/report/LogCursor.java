package io.querytrail.sink.report;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;

/**
 * A place in the log, which runs from the newest request to the oldest: before all that is older
 * than this request. It stays where it is, whatever is added later.
 */
public record LogCursor(Instant createdAt, String requestId, String account) {
  private static final String SEPARATOR = "\n";

  /** As one word for people to hand back. */
  public String text() {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(
            String.join(SEPARATOR, createdAt.toString(), account, requestId)
                .getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The cursor of that text.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static LogCursor of(String text) {
    try {
      String[] parts =
          new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8)
              .split(SEPARATOR, 3);
      if (parts.length == 3) {
        return new LogCursor(Instant.parse(parts[0]), parts[2], parts[1]);
      }
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IllegalArgumentException("'" + text + "' is no cursor of the log", e);
    }
    throw new IllegalArgumentException("'" + text + "' is no cursor of the log");
  }
}
