package io.querytrail.generator.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "retry-after, 7, PT7S",
    "retry-after, 0, PT0S",
    "Retry-After-Ms, 250, PT0.25S",
    "retry-after, 'Sat, 21 Nov 2026 10:00:30 GMT', PT30S",
    "retry-after, 86400, PT1H",
    "retry-after, 'Sat, 21 Nov 2026 09:59:30 GMT',",
    "retry-after, -1,",
    "retry-after, soon,",
    "retry-after, 99999999999999999999,",
    "other, 7,"
  })
  void readsWhatProvidersWrite(String header, String value, @Nullable Duration wait) {
    HttpHeaders headers = HttpHeaders.of(Map.of(header, List.of(value)), (name, text) -> true);

    assertThat(RetryAfter.read(headers, NOW).orElse(null)).isEqualTo(wait);
  }
}
