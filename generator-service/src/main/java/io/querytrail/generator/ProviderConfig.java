package io.querytrail.generator;

import static io.querytrail.generator.resilience.ResilienceSettings.DEFAULTS;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.querytrail.generator.provider.AnswerFormat;
import io.querytrail.generator.provider.Protocol;
import io.querytrail.generator.resilience.ResilienceSettings;
import io.querytrail.service.Problems;
import io.querytrail.service.Secret;
import io.querytrail.service.SecretFile;
import io.querytrail.service.ValidConfig;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where models are served.
 *
 * @param kind wire format that the provider speaks
 * @param baseUrl up to and without what the wire format adds, such as {@code /chat/completions}; by
 *     default the provider's own
 * @param apiKey where none is given, none is sent
 * @param apiKeyFile file that holds the key, readable by its owner alone; read again when it
 *     changes
 * @param authHeader header that carries the key alone; by default the kind's own way
 * @param headers further headers of each request; they may hold secrets
 * @param proxy HTTP proxy as {@code http://HOST:PORT}; by default none
 * @param timeout longest call, by default 60 seconds; an admission's deadline may end it earlier
 * @param answerFormat how models are held to JSON, by default by a schema
 * @param withoutTemperature models that refuse a temperature, beyond those that are known to
 * @param maxConcurrent calls at a time, by default 1,000
 * @param retries how often and how soon a failed call is repeated
 * @param breaker when a model is left alone
 */
public record ProviderConfig(
    Kind kind,
    @Nullable String baseUrl,
    @Nullable Secret apiKey,
    @Nullable Path apiKeyFile,
    @Nullable String authHeader,
    @Nullable Map<String, Secret> headers,
    @Nullable String proxy,
    @Nullable Duration timeout,
    @Nullable AnswerFormat answerFormat,
    @Nullable Set<String> withoutTemperature,
    @Nullable Integer maxConcurrent,
    @Nullable ProviderRetries retries,
    @Nullable ProviderBreaker breaker)
    implements ValidConfig {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);
  private static final int MOST_CONCURRENT = 100_000;
  private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

  /** A wire format, and how and where those who made it expect calls. */
  public enum Kind {
    /** OpenAI's chat completions, and every server that is compatible with them. */
    @JsonProperty("openai")
    OPENAI(Protocol.OPENAI, "https://api.openai.com/v1", "Authorization", "Bearer "),
    /** Anthropic's messages. */
    @JsonProperty("anthropic")
    ANTHROPIC(Protocol.ANTHROPIC, "https://api.anthropic.com/v1", "x-api-key", ""),
    /** Google's generateContent. */
    @JsonProperty("gemini")
    GEMINI(
        Protocol.GEMINI, "https://generativelanguage.googleapis.com/v1beta", "x-goog-api-key", ""),
    /** Ollama's own chat; a key is for a proxy before it. */
    @JsonProperty("ollama")
    OLLAMA(Protocol.OLLAMA, "http://localhost:11434", "Authorization", "Bearer ");

    private final Protocol protocol;
    private final String baseUrl;
    private final String header;
    private final String prefix;

    Kind(Protocol protocol, String baseUrl, String header, String prefix) {
      this.protocol = protocol;
      this.baseUrl = baseUrl;
      this.header = header;
      this.prefix = prefix;
    }

    Protocol protocol() {
      return protocol;
    }
  }

  public ProviderConfig {
    baseUrl = baseUrl == null && kind != null ? kind.baseUrl : baseUrl;
    apiKey = Objects.requireNonNullElseGet(apiKey, () -> new Secret(""));
    headers = headers == null ? Map.of() : Map.copyOf(headers);
    timeout = Objects.requireNonNullElse(timeout, DEFAULT_TIMEOUT);
    answerFormat = Objects.requireNonNullElse(answerFormat, AnswerFormat.SCHEMA);
    withoutTemperature = withoutTemperature == null ? Set.of() : Set.copyOf(withoutTemperature);
    maxConcurrent = Objects.requireNonNullElse(maxConcurrent, DEFAULTS.maxConcurrent());
    retries = Objects.requireNonNullElseGet(retries, () -> new ProviderRetries(null, null, null));
    breaker = Objects.requireNonNullElseGet(breaker, () -> new ProviderBreaker(null, null));
  }

  /** One with nothing out of the ordinary. */
  public static ProviderConfig of(Kind kind, String baseUrl, Secret apiKey) {
    return new ProviderConfig(
        kind, baseUrl, apiKey, null, null, null, null, null, null, null, null, null, null);
  }

  @Override
  public String baseUrl() {
    return Objects.requireNonNull(baseUrl);
  }

  @Override
  public Duration timeout() {
    return Objects.requireNonNull(timeout);
  }

  @Override
  public AnswerFormat answerFormat() {
    return Objects.requireNonNull(answerFormat);
  }

  @Override
  public Set<String> withoutTemperature() {
    return Objects.requireNonNull(withoutTemperature);
  }

  @Override
  public Map<String, Secret> headers() {
    return Objects.requireNonNull(headers);
  }

  @Override
  public Secret apiKey() {
    return Objects.requireNonNull(apiKey);
  }

  @Override
  public Integer maxConcurrent() {
    return Objects.requireNonNull(maxConcurrent);
  }

  @Override
  public ProviderRetries retries() {
    return Objects.requireNonNull(retries);
  }

  @Override
  public ProviderBreaker breaker() {
    return Objects.requireNonNull(breaker);
  }

  ResilienceSettings resilience() {
    return new ResilienceSettings(
        retries().tries(),
        retries().baseDelay(),
        retries().longestDelay(),
        breaker().failures(),
        breaker().openFor(),
        maxConcurrent());
  }

  /** Header that carries the key. */
  String keyHeader() {
    return authHeader == null ? kind.header : authHeader;
  }

  /** The key as the header has it. */
  String keyValue(Secret key) {
    return authHeader == null ? kind.prefix + key.reveal() : key.reveal();
  }

  /** Where the proxy listens; empty for none. */
  Optional<InetSocketAddress> proxyAddress() {
    return Optional.ofNullable(proxy)
        .flatMap(ProviderConfig::uri)
        .map(uri -> InetSocketAddress.createUnresolved(uri.getHost(), uri.getPort()));
  }

  @Override
  public void check(Problems problems) {
    problems.required("kind", kind);
    if (baseUrl == null || baseUrl.isBlank()) {
      problems.add("baseUrl", "is missing");
    } else {
      problems.require(isHttp(baseUrl), "baseUrl", "is '" + baseUrl + "'; use http(s)://HOST");
    }
    problems.require(
        isHeaderValue(apiKey()), "apiKey", "holds a character that no header may hold");
    if (apiKeyFile != null) {
      problems.require(apiKey().isEmpty(), "apiKeyFile", "is given beside apiKey; use one of them");
      SecretFile.problem(apiKeyFile).ifPresent(problem -> problems.add("apiKeyFile", problem));
    }
    if (authHeader != null) {
      headerName(problems, "authHeader", authHeader);
    }
    headers()
        .forEach((name, value) -> {
          headerName(problems, "headers." + name, name);
          problems.require(
              isHeaderValue(value), "headers." + name, "holds a character that no header may hold");
        });
    problems.require(
        proxy == null || isProxy(proxy), "proxy", "has another form than http://HOST:PORT");
    problems.require(
        timeout().isPositive(), "timeout", "is " + timeout() + "; use a time such as PT30S");
    problems.require(
        maxConcurrent() >= 1 && maxConcurrent() <= MOST_CONCURRENT,
        "maxConcurrent",
        "is " + maxConcurrent() + "; use 1 to " + MOST_CONCURRENT);
    problems.nested("retries", retries());
    problems.nested("breaker", breaker());
  }

  private static void headerName(Problems problems, String key, String name) {
    problems.require(HEADER_NAME.matcher(name).matches(), key, "is no name of a header");
  }

  static boolean isHeaderValue(Secret secret) {
    return secret.reveal().chars().allMatch(c -> c >= ' ' && c < 0x7F);
  }

  private static boolean isHttp(String url) {
    return uri(url)
        .filter(uri -> uri.getHost() != null)
        .filter(uri -> "http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
        .isPresent();
  }

  private static boolean isProxy(String url) {
    return uri(url)
        .filter(uri -> uri.getHost() != null && uri.getPort() > 0 && uri.getUserInfo() == null)
        .filter(uri -> "http".equals(uri.getScheme()))
        .isPresent();
  }

  private static Optional<URI> uri(String text) {
    try {
      return Optional.of(new URI(text));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
