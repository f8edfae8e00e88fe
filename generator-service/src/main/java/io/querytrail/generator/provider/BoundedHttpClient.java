package io.querytrail.generator.provider;

import dev.langchain4j.exception.HttpException;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import io.querytrail.generator.model.ErrorType;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries langchain4j's requests over the JDK's client. The deadline of the bound {@link Exchange}
 * covers everything up to the body's last byte, where the JDK's own timeout ends with the headers;
 * the raw body and headers stay with the exchange.
 */
final class BoundedHttpClient implements HttpClient {
  /** What the calling thread is exchanging now. */
  static final ScopedValue<Exchange> EXCHANGE = ScopedValue.newInstance();

  /** Far above any answer within an admission's ceilings. Unit: bytes. */
  private static final long MAX_BODY = 4L * 1024 * 1024;

  /** Where langchain4j puts the key that it was given instead of the real one. */
  private static final Set<String> KEY_HEADERS =
      Set.of("authorization", "x-api-key", "x-goog-api-key");

  private final java.net.http.HttpClient http;
  private final Supplier<Map<String, String>> ownHeaders;

  /**
   * @param ownHeaders go before langchain4j's of the same name; asked for with each call
   */
  BoundedHttpClient(java.net.http.HttpClient http, Supplier<Map<String, String>> ownHeaders) {
    this.http = http;
    this.ownHeaders = ownHeaders;
  }

  @Override
  public SuccessfulHttpResponse execute(HttpRequest request) {
    Exchange exchange = EXCHANGE.get();
    java.net.http.HttpRequest toSend = convert(request);
    exchange.begin();
    HttpResponse<byte[]> response = send(toSend, exchange);
    String body = new String(response.body(), StandardCharsets.UTF_8);
    exchange.answered(new Exchange.Response(response.statusCode(), response.headers(), body));
    if (response.statusCode() / 100 != 2) {
      throw new HttpException(response.statusCode(), "HTTP " + response.statusCode());
    }
    return SuccessfulHttpResponse.builder()
        .statusCode(response.statusCode())
        .headers(response.headers().map())
        .body(body)
        .build();
  }

  @Override
  public void execute(
      HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
    throw new UnsupportedOperationException("answers are not streamed");
  }

  private HttpResponse<byte[]> send(java.net.http.HttpRequest request, Exchange exchange) {
    CompletableFuture<HttpResponse<byte[]>> sent =
        http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_BODY));
    try {
      return sent.get(Math.max(0, exchange.remainingNanos()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      sent.cancel(true);
      throw broken(exchange, ErrorType.TIMEOUT, "no whole answer before the deadline", true, e);
    } catch (InterruptedException e) {
      sent.cancel(true);
      Thread.currentThread().interrupt();
      throw broken(exchange, ErrorType.INTERRUPTED, "the service is stopping", true, e);
    } catch (ExecutionException e) {
      throw broken(exchange, e.getCause());
    }
  }

  private static WireException broken(Exchange exchange, @Nullable Throwable cause) {
    if (cause instanceof HttpConnectTimeoutException) {
      return broken(exchange, ErrorType.TIMEOUT, "no connection in time", false, cause);
    }
    if (cause instanceof ConnectException || cause instanceof NoRouteToHostException) {
      return broken(exchange, ErrorType.NETWORK, "no connection", false, cause);
    }
    String kind = cause == null ? "unknown cause" : cause.getClass().getSimpleName();
    return broken(exchange, ErrorType.NETWORK, "the connection broke: " + kind, true, cause);
  }

  private static WireException broken(
      Exchange exchange, ErrorType error, String message, boolean sent, @Nullable Throwable cause) {
    exchange.broke(new Exchange.Broken(error, message, sent));
    return new WireException(message, cause);
  }

  private java.net.http.HttpRequest convert(HttpRequest request) {
    java.net.http.HttpRequest.Builder builder =
        java.net.http.HttpRequest.newBuilder(URI.create(request.url()));
    request
        .headers()
        .forEach((name, values) -> {
          if (!KEY_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
            values.forEach(value -> builder.header(name, value));
          }
        });
    ownHeaders.get().forEach(builder::setHeader);
    return builder.method(request.method().name(), BodyPublishers.ofString(request.body())).build();
  }

  /** Ends langchain4j's part of the call; what happened is in the exchange. */
  private static final class WireException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WireException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
