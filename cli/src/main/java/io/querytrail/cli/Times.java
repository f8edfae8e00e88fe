package io.querytrail.cli;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Times as options give them. */
final class Times {
  private Times() {}

  /** The beginning of a UTC day, or an instant; null for null. */
  static @Nullable Instant instant(String option, @Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return text.length() == "2026-11-21".length()
          ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC)
          : Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new CommandException(
          ExitCodes.USAGE,
          "%s is '%s'; use a UTC day such as 2026-11-21, or 2026-11-21T08:00:00Z"
              .formatted(option, text));
    }
  }
}
