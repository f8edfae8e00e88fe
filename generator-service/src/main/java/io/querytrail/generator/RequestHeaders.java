package io.querytrail.generator;

import io.querytrail.service.Secret;
import io.querytrail.service.SecretFile;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The headers of each request to a provider, with the secrets in them. A key in a file is the one
 * that the file holds at the time of the request.
 */
final class RequestHeaders implements Supplier<Map<String, String>> {
  private final ProviderConfig provider;
  private final Supplier<Secret> key;

  RequestHeaders(ProviderConfig provider, InstantSource clock) {
    this.provider = provider;
    Path file = provider.apiKeyFile();
    if (file == null) {
      this.key = provider::apiKey;
    } else {
      SecretFile secrets = new SecretFile(file, clock);
      this.key = secrets::current;
    }
  }

  @Override
  public Map<String, String> get() {
    Map<String, String> all = new LinkedHashMap<>();
    provider.headers().forEach((name, value) -> all.put(name, value.reveal()));
    Secret now = key.get();
    // A new key that no header may hold would end the call with an error that quotes it.
    if (!now.isEmpty() && ProviderConfig.isHeaderValue(now)) {
      all.put(provider.keyHeader(), provider.keyValue(now));
    }
    return all;
  }
}
