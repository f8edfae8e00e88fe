package io.querytrail.generator;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.querytrail.service.Problems;
import io.querytrail.service.Secret;
import io.querytrail.service.ValidConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where models are served.
 *
 * @param kind wire format that the provider speaks
 * @param baseUrl up to and without {@code /chat/completions}
 * @param apiKey where none is given, none is sent
 * @param authHeader header that carries the key alone; by default the key goes into {@code
 *     Authorization} as a bearer token
 * @param headers further headers of each request; they may hold secrets
 * @param timeout longest call, by default 60 seconds; an admission's deadline may end it earlier
 */
public record ProviderConfig(
    Kind kind,
    String baseUrl,
    @Nullable Secret apiKey,
    @Nullable String authHeader,
    @Nullable Map<String, Secret> headers,
    @Nullable Duration timeout)
    implements ValidConfig {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);
  private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

  /** A wire format. */
  public enum Kind {
    /** OpenAI's chat completions, and every server that is compatible with them. */
    @JsonProperty("openai")
    OPENAI
  }

  public ProviderConfig {
    apiKey = Objects.requireNonNullElseGet(apiKey, () -> new Secret(""));
    headers = headers == null ? Map.of() : Map.copyOf(headers);
    timeout = Objects.requireNonNullElse(timeout, DEFAULT_TIMEOUT);
  }

  @Override
  public Duration timeout() {
    return Objects.requireNonNull(timeout);
  }

  @Override
  public void check(Problems problems) {
    problems.required("kind", kind);
    problems.required("baseUrl", baseUrl);
    problems.require(
        baseUrl == null || isHttp(baseUrl), "baseUrl", "is '" + baseUrl + "'; use http(s)://HOST");
    problems.require(
        apiKey == null || isHeaderValue(apiKey),
        "apiKey",
        "holds a character that no header may hold");
    if (authHeader != null) {
      headerName(problems, "authHeader", authHeader);
    }
    Objects.requireNonNull(headers)
        .forEach((name, value) -> {
          headerName(problems, "headers." + name, name);
          problems.require(
              isHeaderValue(value), "headers." + name, "holds a character that no header may hold");
        });
    problems.require(
        timeout().isPositive(), "timeout", "is " + timeout() + "; use a time such as PT30S");
  }

  /** The headers of each request, with the secrets in them. */
  Map<String, String> requestHeaders() {
    Map<String, String> all = new LinkedHashMap<>();
    Objects.requireNonNull(headers).forEach((name, value) -> all.put(name, value.reveal()));
    Secret key = Objects.requireNonNull(apiKey);
    if (!key.isEmpty() && authHeader == null) {
      all.put("Authorization", "Bearer " + key.reveal());
    } else if (!key.isEmpty() && authHeader != null) {
      all.put(authHeader, key.reveal());
    }
    return all;
  }

  private static void headerName(Problems problems, String key, String name) {
    problems.require(HEADER_NAME.matcher(name).matches(), key, "is no name of a header");
  }

  private static boolean isHeaderValue(Secret secret) {
    return secret.reveal().chars().allMatch(c -> c >= ' ' && c < 0x7F);
  }

  private static boolean isHttp(String url) {
    try {
      URI uri = new URI(url);
      return uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
