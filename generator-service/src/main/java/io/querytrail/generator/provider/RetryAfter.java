package io.querytrail.generator.provider;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How long a provider asks to wait: in milliseconds, seconds or until a date. */
final class RetryAfter {
  /** Whoever asks for more is asked again after this. */
  private static final Duration LONGEST = Duration.ofHours(1);

  /** As JSON writes a protobuf Duration, such as 34.07s. */
  private static final Pattern SECONDS = Pattern.compile("(\\d{1,9})(?:\\.\\d+)?s");

  private RetryAfter() {}

  /** Google says it in the body alone. */
  static Optional<Duration> read(@Nullable JsonNode body) {
    if (body == null) {
      return Optional.empty();
    }
    for (JsonNode detail : body.path("error").path("details")) {
      Matcher seconds = SECONDS.matcher(detail.path("retryDelay").asText());
      if (seconds.matches()) {
        // Up to the next whole second: to come back too early is to wait once more.
        return bounded(Optional.of(Duration.ofSeconds(Long.parseLong(seconds.group(1)) + 1)));
      }
    }
    return Optional.empty();
  }

  static Optional<Duration> read(HttpHeaders headers, Instant now) {
    Optional<Duration> wait =
        headers
            .firstValue("retry-after-ms")
            .flatMap(RetryAfter::number)
            .map(Duration::ofMillis)
            .or(() ->
                headers.firstValue("retry-after").flatMap(value -> secondsOrDate(value, now)));
    return bounded(wait);
  }

  private static Optional<Duration> bounded(Optional<Duration> wait) {
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
