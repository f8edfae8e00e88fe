package io.querytrail.benchmarks;

import io.querytrail.pgparser.ParseResult;
import io.querytrail.pgparser.PgParser;
import io.querytrail.safety.DatabaseSchema;
import io.querytrail.safety.SafetyGuard;
import io.querytrail.safety.SafetyPolicy;
import io.querytrail.safety.SafetyVerdict;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One ordinary statement after the other on one thread. Every call is a sample, so percentiles are
 * over statements: a long one weighs as much as a short one.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 5)
@Measurement(iterations = 3, time = 5)
@Fork(value = 1, jvmArgsAppend = "-Xmx512m")
@Threads(1)
public class SafetyBenchmark {
  private static final int CALIBRATION_ROUNDS = 5_000;

  private final List<String> statements = Statements.ordinary();
  private final DatabaseSchema schema = Statements.schema();
  private final SafetyPolicy policy = SafetyPolicy.defaults(List.of("shop", "ops"));
  private final SafetyGuard guard = new SafetyGuard();
  private final PgParser parser = PgParser.create();
  private int next;

  private String statement() {
    String statement = statements.get(next);
    next = next + 1 == statements.size() ? 0 : next + 1;
    return statement;
  }

  /** All of it, to the text that is approved. */
  @Benchmark
  public SafetyVerdict verdict() {
    return guard.judge(statement(), policy, schema);
  }

  /** Gate, parse and walk: whether it is approved, without the text to run. */
  @Benchmark
  public boolean parseAndWalk() {
    return guard.wouldApprove(statement(), policy, schema);
  }

  /** PostgreSQL's parser alone, with the tree. */
  @Benchmark
  public ParseResult parse() {
    return parser.parse(statement());
  }

  /** A fixed piece of arithmetic: tells how fast, and how busy, the machine was. */
  @Benchmark
  public long calibration() {
    long value = next;
    for (int i = 0; i < CALIBRATION_ROUNDS; i++) {
      value = value * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
      value ^= value >>> 29;
    }
    return value;
  }

  /** For comparison: another parser of SQL on the JVM, which knows no rules. */
  @Benchmark
  public Object parseByJSqlParser() {
    try {
      return CCJSqlParserUtil.parse(statement());
    } catch (JSQLParserException e) {
      return e; // it does not know every statement
    }
  }
}
