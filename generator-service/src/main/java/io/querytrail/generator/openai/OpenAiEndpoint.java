package io.querytrail.generator.openai;

import java.net.URI;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Where a provider is and how it is told who calls.
 *
 * @param provider name in this service's configuration
 * @param baseUrl up to and without {@code /chat/completions}
 * @param headers asked for anew with each call, so that a key may change; never printed
 */
public record OpenAiEndpoint(String provider, URI baseUrl, Supplier<Map<String, String>> headers) {
  @Override
  public String toString() {
    return "OpenAiEndpoint[" + provider + "]";
  }
}
