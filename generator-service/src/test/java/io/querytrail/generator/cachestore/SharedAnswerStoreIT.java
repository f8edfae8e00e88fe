package io.querytrail.generator.cachestore;

import static io.querytrail.generator.testkit.Answers.answer;
import static io.querytrail.generator.testkit.Answers.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.querytrail.embedded.EmbeddedCache;
import io.querytrail.generator.cache.AnswerKey;
import io.querytrail.generator.cache.AnswerStore;
import io.querytrail.generator.cache.CacheScope;
import io.querytrail.generator.cache.CacheServer;
import io.querytrail.generator.cache.CacheUnavailableException;
import io.querytrail.generator.metrics.AnswerCacheMetrics;
import io.querytrail.generator.resilience.Resilience;
import io.querytrail.generator.testkit.CacheServers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Answers in a real Redis and a real memcached, which are frozen, killed and started again. */
class SharedAnswerStoreIT {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration TIMEOUT = Duration.ofMillis(150);

  private static EmbeddedCache redis;
  private static EmbeddedCache memcached;

  private final String prefix = "test-" + UUID.randomUUID();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

  private enum Kind {
    REDIS(() -> redis, port -> new RedisCacheServer("redis://127.0.0.1:" + port, "", "", TIMEOUT)),
    MEMCACHED(
        () -> memcached, port -> new MemcachedCacheServer(List.of("127.0.0.1:" + port), TIMEOUT));

    private final Supplier<EmbeddedCache> process;
    private final Function<Integer, CacheServer> client;

    Kind(Supplier<EmbeddedCache> process, Function<Integer, CacheServer> client) {
      this.process = process;
      this.client = client;
    }
  }

  @BeforeAll
  static void start() {
    redis = CacheServers.redis();
    memcached = CacheServers.memcached();
  }

  @AfterAll
  static void stop() {
    redis.close();
    memcached.close();
  }

  private CacheServer server(Kind kind) {
    CacheServer server = kind.client.apply(kind.process.get().port());
    // Connecting takes longer than a question may.
    await().ignoreExceptions().until(() -> server.get(List.of(prefix)).size() == 1);
    return server;
  }

  private AnswerStore store(CacheServer server) {
    return new SharedAnswerStore(
        server, prefix, () -> UUID.randomUUID().toString(), new AnswerCacheMetrics(metrics));
  }

  private static boolean has(AnswerStore store, AnswerKey key) {
    return store.open(key).answer().isPresent();
  }

  private double errors(Kind kind) {
    var counter =
        metrics
            .find("querytrail.answer.cache.errors")
            .tag("tier", kind.name().toLowerCase(Locale.ROOT))
            .counter();
    return counter == null ? 0 : counter.count();
  }

  @ParameterizedTest
  @EnumSource
  void keepsAnswersForAllInstances(Kind kind) {
    AnswerKey key = key("acme", "shop", "q");
    try (AnswerStore one = store(server(kind));
        AnswerStore other = store(server(kind))) {
      assertThat(one.tier()).isEqualTo(kind.name().toLowerCase(Locale.ROOT));
      assertThat(has(one, key)).isFalse();
      one.open(key).keep(answer("SELECT 'ä€😀'"), HOUR);

      assertThat(other.open(key).answer()).contains(answer("SELECT 'ä€😀'"));
      assertThat(has(other, key("acme", "shop", "other"))).isFalse();
      assertThat(errors(kind)).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void keepsEachAnswerForItsTime(Kind kind) {
    AnswerKey key = key("acme", "shop", "q");
    try (AnswerStore store = store(server(kind))) {
      store.open(key).keep(answer("SELECT 1"), Duration.ofSeconds(1));
      assertThat(has(store, key)).isTrue();
      await().atMost(Duration.ofSeconds(4)).until(() -> !has(store, key));
    }
  }

  @ParameterizedTest
  @EnumSource
  void clearsWhatTheScopeCoversAndNothingElse(Kind kind) {
    AnswerKey acmeShop = key("acme", "shop", "q1");
    AnswerKey acmeCrm = key("acme", "crm", "q2");
    AnswerKey globexShop = key("globex", "shop", "q3");
    List<AnswerKey> all = List.of(acmeShop, acmeCrm, globexShop);
    try (AnswerStore store = store(server(kind));
        AnswerStore other = store(server(kind))) {
      Map<CacheScope, List<Boolean>> left =
          Map.of(
              new CacheScope("acme", "shop"),
              List.of(false, true, true),
              new CacheScope("acme", null),
              List.of(false, false, true),
              new CacheScope(null, "shop"),
              List.of(false, true, false),
              CacheScope.ALL,
              List.of(false, false, false));
      left.forEach((scope, expected) -> {
        all.forEach(key -> store.open(key).keep(answer("SELECT 1"), HOUR));
        other.clear(scope);
        assertThat(all.stream().map(key -> has(store, key)).toList())
            .as("after %s", scope)
            .isEqualTo(expected);
      });
    }
  }

  @ParameterizedTest
  @EnumSource
  void answerThatWasOnItsWayWhenItWasClearedIsNotKept(Kind kind) {
    AnswerKey key = key("acme", "shop", "q");
    try (AnswerStore store = store(server(kind))) {
      AnswerStore.Slot slot = store.open(key);
      store.clear(new CacheScope("acme", null));
      slot.keep(answer("SELECT 1"), HOUR);
      assertThat(has(store, key)).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void stampThatTheServerLostBringsNothingBack(Kind kind) {
    AnswerKey key = key("acme", "shop", "q");
    Lossy lossy = new Lossy(server(kind));
    try (AnswerStore store = store(lossy)) {
      store.open(key).keep(answer("SELECT 1"), HOUR);
      assertThat(has(store, key)).isTrue();
      lossy.loses = true;
      assertThat(has(store, key)).isFalse();
      lossy.loses = false;
      assertThat(has(store, key)).isFalse();
    }
  }

  /** Forgets stamps and nothing else, as eviction might. */
  private static final class Lossy implements CacheServer {
    private final CacheServer delegate;
    private boolean loses;

    Lossy(CacheServer delegate) {
      this.delegate = delegate;
    }

    @Override
    public String name() {
      return delegate.name();
    }

    @Override
    public List<byte @Nullable []> get(List<String> keys) {
      List<byte @Nullable []> values = delegate.get(keys);
      for (int i = 0; loses && i < keys.size(); i++) {
        if (keys.get(i).contains(":stamp:")) {
          values.set(i, null);
        }
      }
      return values;
    }

    @Override
    public void set(Map<String, byte[]> values, @Nullable Duration ttl) {
      delegate.set(values, ttl);
    }

    @Override
    public void close() {
      delegate.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatSomebodyElseWroteIsNoAnswer(Kind kind) {
    AnswerKey key = key("acme", "shop", "q");
    try (CacheServer server = server(kind)) {
      AnswerStore store = store(server);
      store.open(key).keep(answer("SELECT 1"), HOUR);
      for (String foreign :
          Arrays.asList("", "[]", "null", "{\"sql\": 1}", "{\"sql\":\"x\"}", "\0")) {
        server.set(Map.of(prefix + ":a1:q", foreign.getBytes(StandardCharsets.UTF_8)), HOUR);
        assertThat(has(store, key)).as(foreign).isFalse();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void frozenServerCostsAFewTimeoutsAndThenNothing(Kind kind) {
    AnswerKey key = key("acme", "shop", "q");
    CacheServer server =
        new Resilience(metrics, Clock.systemUTC(), new Random(1))
            .around(server(kind), 5, Duration.ofMillis(500));
    try (AnswerStore store = store(server)) {
      store.open(key).keep(answer("SELECT 1"), HOUR);
      assertThat(has(store, key)).isTrue();

      kind.process.get().freeze();
      try {
        long start = System.nanoTime();
        for (int i = 0; i < 200; i++) {
          assertThat(has(store, key)).isFalse();
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertThat(took).isLessThan(Duration.ofSeconds(2));
        assertThat(errors(kind)).isEqualTo(200);
        assertThatThrownBy(() -> store.clear(CacheScope.ALL))
            .isInstanceOf(CacheUnavailableException.class)
            .hasMessageContaining("left alone");
      } finally {
        kind.process.get().thaw();
      }
      await().atMost(Duration.ofSeconds(10)).until(() -> has(store, key));
    }
  }

  @ParameterizedTest
  @EnumSource
  void killedServerCostsOnlySpeedAndIsUsedAgainWhenItIsBack(Kind kind) {
    AnswerKey key = key("acme", "shop", "q");
    CacheServer server =
        new Resilience(metrics, Clock.systemUTC(), new Random(1))
            .around(server(kind), 5, Duration.ofMillis(500));
    try (AnswerStore store = store(server)) {
      store.open(key).keep(answer("SELECT 1"), HOUR);
      kind.process.get().kill();
      try {
        long start = System.nanoTime();
        for (int i = 0; i < 100; i++) {
          AnswerStore.Slot slot = store.open(key);
          assertThat(slot.answer()).isEmpty();
          slot.keep(answer("SELECT 2"), HOUR);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        assertThat(errors(kind)).isEqualTo(100);
      } finally {
        kind.process.get().restart();
      }
      await()
          .atMost(Duration.ofSeconds(15))
          .until(() -> {
            store.open(key).keep(answer("SELECT 3"), HOUR);
            return has(store, key);
          });
      assertThat(store.open(key).answer()).contains(answer("SELECT 3"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void serverThatIsAwayAtTheStartKeepsNobodyFromStarting(Kind kind) {
    kind.process.get().kill();
    long start = System.nanoTime();
    try (AnswerStore store = store(kind.client.apply(kind.process.get().port()))) {
      assertThat(has(store, key("acme", "shop", "q"))).isFalse();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
      kind.process.get().restart();
      await()
          .atMost(Duration.ofSeconds(15))
          .until(() -> {
            store.open(key("acme", "shop", "q")).keep(answer("SELECT 1"), HOUR);
            return has(store, key("acme", "shop", "q"));
          });
    }
  }
}
