package io.querytrail.benchmarks;

import io.querytrail.benchmarks.InFlightLoad.Call;
import io.querytrail.benchmarks.InFlightLoad.Rate;
import io.querytrail.demo.ShopDatabase;
import io.querytrail.embedded.EmbeddedPostgres;
import io.querytrail.generator.GeneratorBench;
import io.querytrail.generator.check.GuardRules;
import io.querytrail.generator.discovery.DatasourceConfig;
import io.querytrail.generator.generation.Admission;
import io.querytrail.generator.generation.Generation;
import io.querytrail.generator.generation.Generator;
import io.querytrail.generator.model.Attempt;
import io.querytrail.generator.model.FallbackChain;
import io.querytrail.generator.model.Message;
import io.querytrail.generator.model.ModelAnswer;
import io.querytrail.generator.model.ModelCall;
import io.querytrail.generator.model.ModelClient;
import io.querytrail.generator.model.ModelName;
import io.querytrail.generator.model.Purpose;
import io.querytrail.generator.model.SendAllowance;
import io.querytrail.generator.prompt.Question;
import io.querytrail.generator.routing.Candidate;
import io.querytrail.generator.routing.RoutingRules;
import io.querytrail.service.Secret;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of what a machine can do against a model server the generator does: throughput with
 * 1,000 calls in flight beside a bare loop over the JDK's client that makes the same calls to the
 * same server, which is another process; with a slow tail; without HTTP; and what a generation
 * takes longer than its call. Usage: GeneratorReport DIRECTORY
 */
public final class GeneratorReport {
  private static final int IN_FLIGHT = 1_000;
  private static final int ROUNDS = 3;
  private static final Duration WARM_UP = Duration.ofSeconds(2);
  private static final Duration MEASURED = Duration.ofSeconds(5);
  private static final Duration TAIL_WARM_UP = Duration.ofSeconds(6);
  private static final Duration TAIL_MEASURED = Duration.ofSeconds(8);
  private static final int SLOW_EVERY = 100;
  private static final int PACE = 200;
  private static final long THINKS_MILLIS = 200;
  private static final ModelName MODEL = new ModelName(GeneratorBench.PROVIDER, "m");
  private static final String QUESTION = "How many customers do we have?";

  private final PacedModelProcess server;
  private final GeneratorBench parts;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .executor(Executors.newVirtualThreadPerTaskExecutor())
          .build();
  private final AtomicLong numbers = new AtomicLong();

  private GeneratorReport(PacedModelProcess server, GeneratorBench parts) {
    this.server = server;
    this.parts = parts;
  }

  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    String readerPassword = "bench";
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory.resolve("postgres"));
        PacedModelProcess server = PacedModelProcess.start()) {
      postgres.createDatabaseIfAbsent("shop");
      String url = postgres.jdbcUrl("shop");
      ShopDatabase.create(url, postgres.superuser(), postgres.password());
      ShopDatabase.createReader(url, postgres.superuser(), postgres.password(), readerPassword);
      DatasourceConfig shop =
          DatasourceConfig.of(url, ShopDatabase.READER, new Secret(readerPassword));
      try (GeneratorBench parts = new GeneratorBench(server.baseUrl(), shop)) {
        new GeneratorReport(server, parts).run();
      }
    }
  }

  private void run() throws Exception {
    System.out.printf(
        "%d cores; a model that thinks for %d ms, in a process of its own%n",
        Runtime.getRuntime().availableProcessors(), THINKS_MILLIS);
    Call whole = generations(parts.whole());
    if (!whole.run()) {
      throw new IllegalStateException("the first generation did not end well");
    }
    throughput(whole);
    tail(whole);
    added();
  }

  private void throughput(Call whole) throws Exception {
    HttpRequest request = lastRequest();
    Call bare = () -> http.send(request, BodyHandlers.ofString()).statusCode() == 200;
    List<Call> calls =
        List.of(bare, modelCalls(parts.chain()), generations(parts.withoutPlans()), whole);
    List<String> names =
        List.of(
            "bare JDK HttpClient loop",
            "the generator's model calls alone",
            "generations, no plan asked for",
            "generations with EXPLAIN in PostgreSQL");
    List<List<Rate>> rates = new ArrayList<>();
    calls.forEach(call -> rates.add(new ArrayList<>()));
    for (int round = -1; round < ROUNDS; round++) {
      for (int i = 0; i < calls.size(); i++) {
        Rate rate = InFlightLoad.keep(IN_FLIGHT, WARM_UP, MEASURED, server::cpu, calls.get(i));
        if (round >= 0) {
          rates.get(i).add(rate);
        }
      }
    }
    System.out.printf(
        "%n%-42s%10s%10s%14s%14s%n",
        IN_FLIGHT + " in flight, over HTTP", "calls/s", "ratio", "CPU us/call", "server us/call");
    for (int i = 0; i < calls.size(); i++) {
      Rate rate = median(rates.get(i));
      List<Double> ratios = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        ratios.add(rates.get(i).get(round).perSecond() / rates.getFirst().get(round).perSecond());
      }
      Collections.sort(ratios);
      System.out.printf(
          "%-42s%,10.0f%10.2f%,14d%,14d%n",
          names.get(i),
          rate.perSecond(),
          ratios.get(ROUNDS / 2),
          rate.cpu().toNanos() / 1_000,
          rate.serverCpu().toNanos() / 1_000);
    }
    Rate alone =
        InFlightLoad.keep(
            IN_FLIGHT,
            WARM_UP,
            MEASURED,
            () -> Duration.ZERO,
            generations(parts.over(new ThinkingModel())));
    System.out.printf(
        "%-42s%,10.0f%10s%,14d%14s%n",
        "generations without HTTP, no plan",
        alone.perSecond(),
        "",
        alone.cpu().toNanos() / 1_000,
        "");
  }

  private void tail(Call whole) throws Exception {
    Rate even = InFlightLoad.keep(IN_FLIGHT, TAIL_WARM_UP, TAIL_MEASURED, server::cpu, whole);
    server.slowEvery(SLOW_EVERY);
    Rate slow = InFlightLoad.keep(IN_FLIGHT, TAIL_WARM_UP, TAIL_MEASURED, server::cpu, whole);
    server.slowEvery(0);
    System.out.printf(
        "%n%-42s%,10.0f%10.2f   of %,.0f without it%n",
        "1 % of calls take 5 s: generations",
        slow.perSecond(),
        slow.perSecond() / even.perSecond(),
        even.perSecond());
  }

  private void added() throws Exception {
    HttpRequest request = lastRequest();
    long[] bare =
        InFlightLoad.pace(
            PACE,
            WARM_UP,
            TAIL_MEASURED,
            () -> http.send(request, BodyHandlers.ofString()).statusCode() == 200);
    List<Long> overhead = Collections.synchronizedList(new ArrayList<>());
    Generator generator = parts.whole();
    long[] whole =
        InFlightLoad.pace(
            PACE,
            WARM_UP,
            TAIL_MEASURED,
            () -> {
              Generation generation = generator.generate(admission());
              overhead.add(overhead(generation));
              return generation instanceof Generation.Generated;
            });
    long[] own = overhead.stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(own);
    System.out.printf("%n%-42s%10s%10s%n", PACE + " calls a second: ms", "median", "p99");
    print("bare loop, beyond the model's time", bare, THINKS_MILLIS * 1_000_000);
    print("generation, beyond the model's time", whole, THINKS_MILLIS * 1_000_000);
    print("generation less its HTTP call", own, 0);
  }

  private static long overhead(Generation generation) {
    Duration calls = Duration.ZERO;
    for (Attempt attempt : generation.attempts()) {
      calls = calls.plus(attempt.latency());
    }
    return generation.timing().total().minus(calls).toNanos();
  }

  private static void print(String name, long[] sorted, long less) {
    System.out.printf(
        "%-42s%10.2f%10.2f%n",
        name,
        (sorted[sorted.length / 2] - less) / 1e6,
        (sorted[sorted.length * 99 / 100] - less) / 1e6);
  }

  private static Rate median(List<Rate> rates) {
    return rates.stream()
        .sorted(java.util.Comparator.comparingDouble(Rate::perSecond))
        .toList()
        .get(rates.size() / 2);
  }

  /** The same bytes as the generator sends. */
  private HttpRequest lastRequest() throws Exception {
    return HttpRequest.newBuilder(URI.create(server.baseUrl() + "/chat/completions"))
        .header("Content-Type", "application/json")
        .header("Authorization", "Bearer bench-key")
        .POST(BodyPublishers.ofByteArray(server.lastBody().getBytes(StandardCharsets.UTF_8)))
        .build();
  }

  private Call generations(Generator generator) {
    return () -> generator.generate(admission()) instanceof Generation.Generated;
  }

  private static Call modelCalls(FallbackChain chain) {
    List<Message> messages =
        List.of(
            new Message(Message.Role.SYSTEM, "Write SQL as JSON. ".repeat(100)),
            new Message(Message.Role.USER, "A table and its columns. ".repeat(200)));
    return () ->
        chain
                .generate(
                    new ModelCall(
                        MODEL,
                        messages,
                        8_000,
                        500,
                        Instant.now().plusSeconds(60),
                        Purpose.GENERATE,
                        new SendAllowance(1),
                        0),
                    List.of(MODEL))
                .answer()
            instanceof ModelAnswer.Text;
  }

  private Admission admission() {
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
        8_000,
        500,
        1,
        now.plusSeconds(60),
        List.of(ShopDatabase.SCHEMA),
        1_000,
        new GuardRules(List.of(ShopDatabase.SCHEMA), 1_000, Set.of(), Map.of()),
        now);
  }

  /** Thinks in this process. */
  private static final class ThinkingModel implements ModelClient {
    private static final String TEXT =
        "{\"sql\":\"SELECT count(*) AS customers FROM shop.customers\",\"explanation\":\"All.\","
            + "\"warnings\":[],\"suggested_visualization\":\"none\"}";

    @Override
    public ModelAnswer generate(ModelCall call) {
      Instant start = Instant.now();
      try {
        Thread.sleep(THINKS_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return new ModelAnswer.Text(
          TEXT,
          call.model(),
          List.of(
              new Attempt(
                  call.model(),
                  null,
                  call.purpose(),
                  true,
                  start,
                  Duration.between(start, Instant.now()),
                  null,
                  200,
                  null)));
    }
  }
}
