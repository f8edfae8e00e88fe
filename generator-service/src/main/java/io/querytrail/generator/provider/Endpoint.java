package io.querytrail.generator.provider;

import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Where a provider is, how it is told who calls, and what its models cannot do.
 *
 * @param provider name in this service's configuration
 * @param baseUrl up to and without what the wire format adds, such as {@code /chat/completions}
 * @param headers asked for anew with each call, so that a key may change; never printed
 * @param answers how the models are held to JSON
 * @param withoutTemperature models that refuse a temperature, beyond those that are known to
 */
public record Endpoint(
    String provider,
    URI baseUrl,
    Supplier<Map<String, String>> headers,
    AnswerFormat answers,
    Set<String> withoutTemperature) {
  public Endpoint {
    withoutTemperature = Set.copyOf(withoutTemperature);
  }

  /** One whose models take a schema and a temperature. */
  public Endpoint(String provider, URI baseUrl, Supplier<Map<String, String>> headers) {
    this(provider, baseUrl, headers, AnswerFormat.SCHEMA, Set.of());
  }

  @Override
  public String toString() {
    return "Endpoint[" + provider + "]";
  }
}
