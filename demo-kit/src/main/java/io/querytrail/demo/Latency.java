package io.querytrail.demo;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * How long the model thinks: spread as real providers' times are, many near the median and a few
 * far above, and always the same for the same question.
 *
 * @param median half of the questions take longer; zero means no wait at all
 * @param spread standard deviation of the logarithm; 0 means that every call takes the median
 * @param seed another seed, other times
 */
public record Latency(Duration median, double spread, long seed) {
  /** Like a small hosted model. */
  public static final Latency REALISTIC = new Latency(Duration.ofMillis(300), 0.45, 20_261_121);

  /** Answers at once. */
  public static final Latency NONE = new Latency(Duration.ZERO, 0, 0);

  private static final double MAX_TIMES_MEDIAN = 12;

  public Latency {
    if (median.isNegative() || spread < 0) {
      throw new IllegalArgumentException("A latency cannot be negative: " + median);
    }
  }

  Duration of(String question) {
    double deviations = new SplittableRandom(seed * 31 + question.hashCode()).nextGaussian();
    double timesMedian = Math.min(MAX_TIMES_MEDIAN, Math.exp(spread * deviations));
    return Duration.ofNanos((long) (median.toNanos() * timesMedian));
  }
}
