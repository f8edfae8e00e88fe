package io.querytrail.generator.metrics;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.querytrail.generator.model.Attempt;
import io.querytrail.generator.model.Usage;
import java.time.Duration;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * OpenTelemetry's names for calls of language models, all in this class since they are still in
 * development. Unknown counts are not recorded. Safe for use by several threads.
 */
public final class GenAiMetrics {
  private static final String DURATION = "gen_ai.client.operation.duration";
  private static final String TOKENS = "gen_ai.client.token.usage";
  private static final String USAGE = "gen_ai.client.inference.usage.";

  /** 0.01 s doubling up to 81.92 s, as the convention says. */
  private static final Duration[] DURATIONS =
      IntStream.range(0, 14).mapToObj(i -> Duration.ofMillis(10L << i)).toArray(Duration[]::new);

  /** 1 token times four up to 67,108,864, as the convention says. */
  private static final double[] TOKEN_COUNTS =
      IntStream.range(0, 14).mapToDouble(i -> 1L << (2 * i)).toArray();

  private final MeterRegistry registry;

  public GenAiMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Counts one attempt. */
  public void record(Attempt attempt) {
    Tags tags =
        Tags.of(
            "gen_ai.operation.name", "chat",
            "gen_ai.provider.name", attempt.model().provider(),
            "gen_ai.request.model", attempt.model().model());
    Timer.builder(DURATION)
        .description("Time of one call of a model")
        .tags(tags.and("error.type", attempt.error() == null ? "" : attempt.error().code()))
        .serviceLevelObjectives(DURATIONS)
        .register(registry)
        .record(attempt.latency());
    Usage usage = attempt.usage();
    if (usage != null) {
      tokens(tags, "input", usage.input());
      tokens(tags, "output", usage.output());
      count(tags, "input_tokens", usage.input());
      count(tags, "output_tokens", usage.output());
      count(tags, "cache_read.input_tokens", usage.cachedInput());
      count(tags, "cache_write.input_tokens", usage.cacheWrite());
      count(tags, "reasoning.output_tokens", usage.reasoning());
    }
  }

  private void tokens(Tags tags, String type, @Nullable Long tokens) {
    if (tokens != null) {
      DistributionSummary.builder(TOKENS)
          .description("Tokens of one call of a model")
          .baseUnit("token")
          .tags(tags.and("gen_ai.token.type", type))
          .serviceLevelObjectives(TOKEN_COUNTS)
          .register(registry)
          .record(tokens);
    }
  }

  private void count(Tags tags, String name, @Nullable Long tokens) {
    if (tokens != null) {
      registry.counter(USAGE + name, tags).increment(tokens);
    }
  }
}
