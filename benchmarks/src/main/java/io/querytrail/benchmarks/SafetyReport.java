package io.querytrail.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/**
 * Runs the safety benchmarks and prints median and p95 of each, times of large attacks, and what
 * the installed command does.
 */
public final class SafetyReport {
  private SafetyReport() {}

  /** The first argument is the installed command. */
  public static void main(String[] args) throws RunnerException, IOException, InterruptedException {
    new LargeAttacks().report();
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(SafetyBenchmark.class.getSimpleName())
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    Map<String, Statistics> times = new HashMap<>();
    for (RunResult result : results) {
      String benchmark = result.getParams().getBenchmark();
      times.put(
          benchmark.substring(benchmark.lastIndexOf('.') + 1),
          result.getPrimaryResult().getStatistics());
    }
    Statistics verdict = times.get("verdict");
    Statistics parseAndWalk = times.get("parseAndWalk");
    Statistics parse = times.get("parse");
    Statistics other = times.get("parseByJSqlParser");
    System.out.printf("%-34s%10s%10s  us%n", "ordinary statements, one thread", "median", "p95");
    print("verdict", verdict, null);
    print("  parse", parse, null);
    print("  gate and walk", parseAndWalk, parse);
    print("  wrap", verdict, parseAndWalk);
    new CheckCommand(Path.of(args[0])).report();
    print("JSqlParser 5.4, parse alone", other, null);
    Statistics calibration = times.get("calibration");
    print("calibration", calibration, null);
    if (verdict != null && other != null && calibration != null) {
      System.out.printf(
          "verdict / JSqlParser %.2f, verdict / calibration %.2f%n",
          verdict.getPercentile(50) / other.getPercentile(50),
          verdict.getPercentile(50) / calibration.getPercentile(50));
    }
  }

  /** A part is the difference of what is measured with and without it. */
  private static void print(
      String name,
      @org.jspecify.annotations.Nullable Statistics with,
      @org.jspecify.annotations.Nullable Statistics without) {
    if (with != null) {
      System.out.printf(
          "%-34s%10.1f%10.1f%n", name, part(with, without, 50), part(with, without, 95));
    }
  }

  private static double part(
      Statistics with, @org.jspecify.annotations.Nullable Statistics without, double percentile) {
    return with.getPercentile(percentile)
        - (without == null ? 0 : without.getPercentile(percentile));
  }
}
