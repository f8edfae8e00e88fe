package io.querytrail.generator.routing;

import java.util.List;

/**
 * How an account wants its questions routed.
 *
 * @param mode what decides
 * @param strongWords words, or phrases of them, that ask for a strong model
 * @param cheapWords words, or phrases of them, that ask for a cheap one where no strong word is
 */
public record RoutingRules(Mode mode, List<String> strongWords, List<String> cheapWords) {
  /** What decides about the tier. */
  public enum Mode {
    /** The words of the question. */
    QUESTION,
    /** The order of the models in the policy. */
    ORDER,
    /** Always the cheap models first. */
    CHEAP,
    /** Always the strong models first. */
    STRONG
  }

  /** Signs of comparison, statistics over time, and ranks within groups. */
  public static final List<String> DEFAULT_STRONG_WORDS =
      List.of(
          "average per",
          "by month",
          "by week",
          "churn",
          "cohort",
          "compare",
          "compared",
          "correlate",
          "correlation",
          "cumulative",
          "distribution",
          "each month",
          "forecast",
          "funnel",
          "growth",
          "median",
          "moving average",
          "month over month",
          "outliers",
          "percentile",
          "quartile",
          "rank",
          "ratio",
          "retention",
          "rolling",
          "running total",
          "segment",
          "share of",
          "standard deviation",
          "trend",
          "versus",
          "vs",
          "year over year",
          "why");

  public static final List<String> DEFAULT_CHEAP_WORDS =
      List.of("count", "find", "how many", "list", "show");

  public static final RoutingRules DEFAULTS =
      new RoutingRules(Mode.QUESTION, DEFAULT_STRONG_WORDS, DEFAULT_CHEAP_WORDS);

  public RoutingRules {
    strongWords = List.copyOf(strongWords);
    cheapWords = List.copyOf(cheapWords);
  }
}
