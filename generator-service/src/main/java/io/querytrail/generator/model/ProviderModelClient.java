package io.querytrail.generator.model;

import java.time.Clock;
import java.util.List;
import java.util.Map;

/** Hands each call to the client of its provider. */
public final class ProviderModelClient implements ModelClient {
  private final Map<String, ModelClient> providers;
  private final Clock clock;

  public ProviderModelClient(Map<String, ModelClient> providers, Clock clock) {
    this.providers = Map.copyOf(providers);
    this.clock = clock;
  }

  @Override
  public ModelAnswer generate(ModelCall call) {
    ModelClient client = providers.get(call.model().provider());
    if (client == null) {
      return new ModelAnswer.Failure(
          ErrorType.UNKNOWN_PROVIDER,
          "no provider of that name is configured",
          List.of(Attempt.unsent(call, clock.instant(), ErrorType.UNKNOWN_PROVIDER)));
    }
    return client.generate(call);
  }
}
