package io.querytrail.generator.openai;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** How long a provider asks to wait: in milliseconds, seconds or until a date. */
final class RetryAfter {
  /** Whoever asks for more is asked again after this. */
  private static final Duration LONGEST = Duration.ofHours(1);

  private RetryAfter() {}

  static Optional<Duration> read(HttpHeaders headers, Instant now) {
    Optional<Duration> wait =
        headers
            .firstValue("retry-after-ms")
            .flatMap(RetryAfter::number)
            .map(Duration::ofMillis)
            .or(() ->
                headers.firstValue("retry-after").flatMap(value -> secondsOrDate(value, now)));
    return wait.filter(duration -> !duration.isNegative())
        .map(duration -> duration.compareTo(LONGEST) > 0 ? LONGEST : duration);
  }

  private static Optional<Duration> secondsOrDate(String value, Instant now) {
    return number(value).map(Duration::ofSeconds).or(() -> date(value, now));
  }

  private static Optional<Duration> date(String value, Instant now) {
    try {
      Instant until = DateTimeFormatter.RFC_1123_DATE_TIME.parse(value.trim(), Instant::from);
      return Optional.of(Duration.between(now, until));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<Long> number(String value) {
    try {
      return Optional.of(Long.parseLong(value.trim())).filter(number -> number < 1_000_000_000L);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
