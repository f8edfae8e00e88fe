package io.querytrail.benchmarks;

import io.querytrail.benchmarks.InFlightLoad.Call;
import io.querytrail.benchmarks.InFlightLoad.Rate;
import io.querytrail.demo.ShopDatabase;
import io.querytrail.embedded.EmbeddedPostgres;
import io.querytrail.generator.GeneratorBench;
import io.querytrail.generator.discovery.DatasourceConfig;
import io.querytrail.generator.generation.Generation;
import io.querytrail.generator.generation.Generator;
import io.querytrail.generator.model.FallbackChain;
import io.querytrail.generator.model.Message;
import io.querytrail.generator.model.ModelAnswer;
import io.querytrail.generator.model.ModelCall;
import io.querytrail.generator.model.Purpose;
import io.querytrail.generator.model.SendAllowance;
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
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executors;

/**
 * How much of what a machine can do against a model server the generator does: throughput with
 * 1,000 calls in flight beside a bare loop over the JDK's client that makes the same calls to the
 * same server, which is another process; with a slow tail; without HTTP; and what a generation
 * takes longer than its call. Usage: GeneratorReport DIRECTORY CACHE-SERVERS, where the latter may
 * hold {@code bin/redis-server} and {@code bin/memcached}.
 */
public final class GeneratorReport {
  static final int IN_FLIGHT = 1_000;
  static final Duration THINKS = Duration.ofMillis(200);
  private static final int ROUNDS = 3;

  /** The JVM still compiles what it ran for ten seconds; each part is run so long before. */
  private static final Duration COMPILED = Duration.ofSeconds(15);

  private static final Duration WARM_UP = Duration.ofSeconds(2);
  private static final Duration MEASURED = Duration.ofSeconds(5);
  private static final Duration TAIL_WARM_UP = Duration.ofSeconds(6);
  private static final Duration TAIL_MEASURED = Duration.ofSeconds(8);
  private static final int SLOW_EVERY = 100;

  private final PacedModelProcess server;
  private final GeneratorBench parts;
  private final BenchAdmissions admissions = new BenchAdmissions();
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .executor(Executors.newVirtualThreadPerTaskExecutor())
          .build();

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
        new GeneratorReport(server, parts).run(Path.of(args[1]));
      }
    }
  }

  private void run(Path cacheServers) throws Exception {
    System.out.printf(
        "%d cores; a model that thinks for %d ms, in a process of its own%n",
        Runtime.getRuntime().availableProcessors(), THINKS.toMillis());
    Generator generator = parts.whole();
    Call whole = generations(generator);
    if (!whole.run()) {
      throw new IllegalStateException("the first generation did not end well");
    }
    Call bare = bare();
    throughput(bare, whole);
    alone();
    tail(whole);
    GeneratorTimes times = new GeneratorTimes(admissions);
    times.added(bare, generator);
    times.kept(parts, cacheServers);
  }

  private void throughput(Call bare, Call whole) throws Exception {
    List<Call> calls = List.of(bare, modelCalls(), generations(parts.withoutPlans()), whole);
    List<String> names =
        List.of(
            "bare JDK HttpClient loop",
            "the generator's model calls",
            "generations, no plan asked for",
            "generations with EXPLAIN in PostgreSQL");
    List<List<Rate>> rates = new ArrayList<>();
    for (Call call : calls) {
      rates.add(new ArrayList<>());
      InFlightLoad.keep(IN_FLIGHT, WARM_UP, COMPILED, server::cpu, call);
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < calls.size(); i++) {
        rates
            .get(i)
            .add(InFlightLoad.keep(IN_FLIGHT, WARM_UP, MEASURED, server::cpu, calls.get(i)));
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
  }

  private void alone() throws Exception {
    Rate alone =
        InFlightLoad.keep(
            IN_FLIGHT,
            WARM_UP,
            MEASURED,
            () -> Duration.ZERO,
            generations(parts.over(new ThinkingModel(THINKS))));
    System.out.printf(
        "%-42s%,10.0f%10s%,14d%n",
        "generations without HTTP, no plan", alone.perSecond(), "", alone.cpu().toNanos() / 1_000);
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

  private static Rate median(List<Rate> rates) {
    return rates.stream()
        .sorted(Comparator.comparingDouble(Rate::perSecond))
        .toList()
        .get(rates.size() / 2);
  }

  /** Sends the same bytes as the generator does. */
  private Call bare() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.baseUrl() + "/chat/completions"))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer bench-key")
            .POST(BodyPublishers.ofByteArray(server.lastBody().getBytes(StandardCharsets.UTF_8)))
            .build();
    return () -> http.send(request, BodyHandlers.ofString()).statusCode() == 200;
  }

  private Call generations(Generator generator) {
    return () -> generator.generate(admissions.next()) instanceof Generation.Generated;
  }

  /** Asks what a generation asks, through all that stands between it and the provider. */
  private Call modelCalls() {
    ThinkingModel listener = new ThinkingModel(Duration.ZERO);
    parts.over(listener).generate(admissions.next());
    List<Message> messages = listener.lastAsked();
    FallbackChain chain = parts.chain();
    return () ->
        chain
                .generate(
                    new ModelCall(
                        BenchAdmissions.MODEL,
                        messages,
                        BenchAdmissions.MAX_INPUT_TOKENS,
                        BenchAdmissions.MAX_OUTPUT_TOKENS,
                        Instant.now().plusSeconds(60),
                        Purpose.GENERATE,
                        new SendAllowance(1),
                        0),
                    List.of(BenchAdmissions.MODEL))
                .answer()
            instanceof ModelAnswer.Text;
  }
}
