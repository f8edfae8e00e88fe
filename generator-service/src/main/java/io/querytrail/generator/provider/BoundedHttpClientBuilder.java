package io.querytrail.generator.provider;

import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives langchain4j our client. The timeouts that it sets are kept for it to read and have no
 * effect: each call brings its own deadline.
 */
final class BoundedHttpClientBuilder implements HttpClientBuilder {
  private final java.net.http.HttpClient http;
  private final Supplier<Map<String, String>> headers;
  private @Nullable Duration connectTimeout;
  private @Nullable Duration readTimeout;

  BoundedHttpClientBuilder(java.net.http.HttpClient http, Supplier<Map<String, String>> headers) {
    this.http = http;
    this.headers = headers;
  }

  @Override
  public @Nullable Duration connectTimeout() {
    return connectTimeout;
  }

  @Override
  public HttpClientBuilder connectTimeout(Duration timeout) {
    connectTimeout = timeout;
    return this;
  }

  @Override
  public @Nullable Duration readTimeout() {
    return readTimeout;
  }

  @Override
  public HttpClientBuilder readTimeout(Duration timeout) {
    readTimeout = timeout;
    return this;
  }

  @Override
  public HttpClient build() {
    return new BoundedHttpClient(http, headers);
  }
}
