package io.querytrail.benchmarks;

import io.querytrail.benchmarks.InFlightLoad.Call;
import io.querytrail.embedded.EmbeddedCache;
import io.querytrail.generator.AnswerCacheConfig;
import io.querytrail.generator.GeneratorBench;
import io.querytrail.generator.generation.Generation;
import io.querytrail.generator.generation.Generator;
import io.querytrail.generator.model.Attempt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What single generations take, at rates that a machine keeps up with, and above. */
final class GeneratorTimes {
  private static final List<Integer> PACES = List.of(200, 1_000);
  private static final int KEPT_PACE = 200;
  private static final Duration WARM_UP = Duration.ofSeconds(2);
  private static final Duration MEASURED = Duration.ofSeconds(8);

  private final BenchAdmissions admissions;

  GeneratorTimes(BenchAdmissions admissions) {
    this.admissions = admissions;
  }

  /** What the generator adds to its call, beside what a bare loop adds to the model's time. */
  void added(Call bare, Generator generator) throws Exception {
    for (int pace : PACES) {
      header("%,d calls a second: ms".formatted(pace));
      long thinks = GeneratorReport.THINKS.toNanos();
      print(
          "bare loop, beyond the model's time",
          InFlightLoad.pace(pace, WARM_UP, MEASURED, bare),
          thinks);
      Queue<Long> own = new ConcurrentLinkedQueue<>();
      long[] whole = InFlightLoad.pace(pace, WARM_UP, MEASURED, noting(generator, own));
      print("generation, beyond the model's time", whole, thinks);
      print("generation less its HTTP call", sorted(own), 0);
    }
    header("%,d in flight: ms".formatted(GeneratorReport.IN_FLIGHT));
    Queue<Long> own = new ConcurrentLinkedQueue<>();
    InFlightLoad.keep(
        GeneratorReport.IN_FLIGHT, WARM_UP, MEASURED, () -> Duration.ZERO, noting(generator, own));
    print("generation less its HTTP call", sorted(own), 0);
  }

  /** Answers that are kept: the whole of it, with the guard and EXPLAIN. */
  void kept(GeneratorBench parts, Path cacheServers) throws Exception {
    header("%,d kept answers a second: ms".formatted(KEPT_PACE));
    kept("from memory", parts, config(AnswerCacheConfig.Kind.MEMORY, null, null));
    Path redis = cacheServers.resolve("bin/redis-server");
    if (Files.isExecutable(redis)) {
      try (EmbeddedCache server = EmbeddedCache.redis(redis, cacheServers)) {
        String url = "redis://127.0.0.1:" + server.port();
        kept("from Redis", parts, config(AnswerCacheConfig.Kind.REDIS, url, null));
      }
    }
    Path memcached = cacheServers.resolve("bin/memcached");
    if (Files.isExecutable(memcached)) {
      try (EmbeddedCache server = EmbeddedCache.memcached(memcached, cacheServers)) {
        List<String> servers = List.of("127.0.0.1:" + server.port());
        kept("from memcached", parts, config(AnswerCacheConfig.Kind.MEMCACHED, null, servers));
      }
    }
  }

  /** A server that does not answer in time costs a call of the model, and not the request. */
  private void kept(String name, GeneratorBench parts, AnswerCacheConfig config) throws Exception {
    Generator generator = parts.keeping(config);
    AtomicInteger missed = new AtomicInteger();
    Call call =
        () -> {
          Generation generation = generator.generate(admissions.next());
          if (generation instanceof Generation.Generated generated && generated.reuse() == null) {
            missed.incrementAndGet();
          }
          return generation instanceof Generation.Generated;
        };
    // One by one first: several that are late in a row have the server left alone.
    long end = System.nanoTime() + WARM_UP.toNanos();
    while (System.nanoTime() < end) {
      call.run();
    }
    InFlightLoad.pace(KEPT_PACE, WARM_UP, WARM_UP, call);
    missed.set(0);
    long[] nanos = InFlightLoad.pace(KEPT_PACE, Duration.ZERO, MEASURED, call);
    print("%s; missed: %d".formatted(name, missed.get()), nanos, 0);
  }

  private static AnswerCacheConfig config(
      AnswerCacheConfig.Kind kind, @Nullable String url, @Nullable List<String> servers) {
    return new AnswerCacheConfig(kind, null, null, url, null, null, servers, null, null);
  }

  private Call noting(Generator generator, Queue<Long> own) {
    return () -> {
      Generation generation = generator.generate(admissions.next());
      own.add(withoutCalls(generation));
      return generation instanceof Generation.Generated;
    };
  }

  private static long withoutCalls(Generation generation) {
    Duration calls = Duration.ZERO;
    for (Attempt attempt : generation.attempts()) {
      calls = calls.plus(attempt.latency());
    }
    return generation.timing().total().minus(calls).toNanos();
  }

  private static long[] sorted(Queue<Long> nanos) {
    return nanos.stream().mapToLong(Long::longValue).sorted().toArray();
  }

  private static void header(String name) {
    System.out.printf("%n%-42s%10s%10s%10s%n", name, "median", "p95", "p99");
  }

  private static void print(String name, long[] sorted, long less) {
    System.out.printf(
        "%-42s%10.2f%10.2f%10.2f%n",
        name,
        at(sorted, 50) - less / 1e6,
        at(sorted, 95) - less / 1e6,
        at(sorted, 99) - less / 1e6);
  }

  private static double at(long[] sorted, int percent) {
    return sorted[(int) ((long) sorted.length * percent / 100)] / 1e6;
  }
}
