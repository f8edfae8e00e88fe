package io.querytrail.benchmarks;

import io.querytrail.demo.ShopDatabase;
import io.querytrail.generator.GeneratorBench;
import io.querytrail.generator.check.GuardRules;
import io.querytrail.generator.generation.Admission;
import io.querytrail.generator.model.ModelName;
import io.querytrail.generator.prompt.Question;
import io.querytrail.generator.routing.Candidate;
import io.querytrail.generator.routing.RoutingRules;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Admissions of one question about the sample shop, each to one model, with room for one send. */
final class BenchAdmissions {
  static final ModelName MODEL = new ModelName(GeneratorBench.PROVIDER, "m");
  static final int MAX_INPUT_TOKENS = 8_000;
  static final int MAX_OUTPUT_TOKENS = 500;
  private static final int ROW_CAP = 1_000;
  private static final int SECONDS = 60;
  private static final String QUESTION = "How many customers do we have?";

  private final AtomicLong numbers = new AtomicLong();

  /** One that was admitted just now. */
  Admission next() {
    String id = "r-" + numbers.incrementAndGet();
    Instant now = Instant.now();
    return new Admission(
        id,
        "acme",
        id + "/1",
        GeneratorBench.DATASOURCE,
        new Question(QUESTION, null, null, null, Map.of()),
        List.of(new Candidate(MODEL, "cheap")),
        null,
        RoutingRules.DEFAULTS,
        MAX_INPUT_TOKENS,
        MAX_OUTPUT_TOKENS,
        1,
        now.plusSeconds(SECONDS),
        List.of(ShopDatabase.SCHEMA),
        ROW_CAP,
        new GuardRules(List.of(ShopDatabase.SCHEMA), ROW_CAP, Set.of(), Map.of()),
        now);
  }
}
