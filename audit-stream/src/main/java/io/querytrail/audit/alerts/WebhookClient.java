package io.querytrail.audit.alerts;

import io.querytrail.service.Secret;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Posts one alert once. Safe for use by several threads. */
final class WebhookClient implements AutoCloseable {
  static final String ID = "Querytrail-Alert-Id";
  static final String SIGNATURE = "Querytrail-Signature";

  private final HttpClient http;
  private final URI url;
  private final Supplier<Secret> secrets;
  private final Duration timeout;
  private final InstantSource clock;

  WebhookClient(AlertWebhookConfig config, InstantSource clock) {
    this.url = config.url();
    this.secrets = config.secrets(clock);
    this.timeout = config.timeout();
    this.clock = clock;
    // A redirect would carry the body and its signature to somebody whom nobody named.
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout)
            .build();
  }

  /**
   * Posts the body and waits for the end of the answer, within the timeout altogether.
   *
   * @param id the same for every post of the same alert
   */
  Posted post(String id, byte[] body) throws InterruptedException {
    Secret secret = secrets.get();
    if (secret.isEmpty()) {
      return new Posted.Failed("no_secret", Optional.empty());
    }
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .header("Content-Type", "application/json")
            .header("User-Agent", "querytrail")
            .header(ID, headerSafe(id))
            .header(SIGNATURE, WebhookSignature.of(secret, clock.instant(), body))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    CompletableFuture<HttpResponse<Void>> answer =
        http.sendAsync(request, HttpResponse.BodyHandlers.discarding());
    try {
      // Not the request's own timeout, which ends with the headers.
      return posted(answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return new Posted.Failed("timeout", Optional.empty());
    } catch (ExecutionException e) {
      return new Posted.Failed(kind(Objects.requireNonNull(e.getCause())), Optional.empty());
    } finally {
      answer.cancel(true);
    }
  }

  private Posted posted(HttpResponse<Void> answer) {
    int status = answer.statusCode();
    return status / 100 == 2
        ? new Posted.Taken(status)
        : new Posted.Failed(
            "http_" + status, answer.headers().firstValue("Retry-After").flatMap(this::retryAfter));
  }

  /** In seconds, or as the instant until which to wait. */
  private Optional<Duration> retryAfter(String value) {
    try {
      if (value.chars().allMatch(Character::isDigit)) {
        return Optional.of(Duration.ofSeconds(Integer.parseInt(value)));
      }
      Instant until = DateTimeFormatter.RFC_1123_DATE_TIME.parse(value, Instant::from);
      Duration wait = Duration.between(clock.instant(), until);
      return wait.isNegative() ? Optional.empty() : Optional.of(wait);
    } catch (DateTimeException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static String kind(Throwable error) {
    return switch (error) {
      case HttpConnectTimeoutException timeout -> "timeout";
      case ConnectException refused -> "connection_refused";
      case IOException broken -> "io_error";
      default -> "error";
    };
  }

  /** A user's name may be part of the id, and a header takes no more than plain ASCII. */
  static String headerSafe(String id) {
    StringBuilder safe = new StringBuilder(id.length());
    for (byte b : id.getBytes(StandardCharsets.UTF_8)) {
      if (b > ' ' && b < 0x7f && b != '%') {
        safe.append((char) b);
      } else {
        safe.append("%%%02X".formatted(b & 0xff));
      }
    }
    return safe.toString();
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
