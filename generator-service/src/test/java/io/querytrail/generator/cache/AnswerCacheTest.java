package io.querytrail.generator.cache;

import static io.querytrail.generator.testkit.Answers.SINCE;
import static io.querytrail.generator.testkit.Answers.answer;
import static io.querytrail.generator.testkit.Answers.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.querytrail.generator.cache.AnswerCache.Reuse;
import io.querytrail.generator.cachestore.MemoryAnswerStore;
import io.querytrail.generator.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AnswerCacheTest {
  private static final AnswerKey KEY = key("acme", "shop", "q");
  private static final Duration HOUR = Duration.ofHours(1);

  private final SettableClock clock = new SettableClock(SINCE.plusSeconds(90));
  private final Queue<String> told = new ConcurrentLinkedQueue<>();
  private final AnswerCache cache =
      new AnswerCache(
          new MemoryAnswerStore(100, System::nanoTime),
          HOUR,
          Map.of("fresh", Duration.ZERO),
          clock,
          new CacheEvents() {
            @Override
            public void hit(String tier) {
              told.add("hit " + tier);
            }

            @Override
            public void miss() {
              told.add("miss");
            }

            @Override
            public void stale(String tier) {
              told.add("stale " + tier);
            }

            @Override
            public void error(String tier) {
              told.add("error " + tier);
            }
          });
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger asked = new AtomicInteger();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  /** What an asker got: the text it had written, or how it had it from another one. */
  private class Asker implements AnswerCache.Asker<String> {
    @Override
    public Optional<String> reuse(StoredAnswer answer, Reuse reuse) {
      return Optional.of(
          answer.answer().sql() + " from " + reuse.tier() + " after " + reuse.age().toSeconds());
    }

    @Override
    public String ask() {
      return "SELECT " + asked.incrementAndGet();
    }

    @Override
    public Optional<StoredAnswer> shared(String result) {
      return Optional.of(answer(result));
    }

    @Override
    public String late() {
      return "late";
    }
  }

  private final class GatedAsker extends Asker {
    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch begun = new CountDownLatch(1);
    private final boolean fails;

    GatedAsker(boolean fails) {
      this.fails = fails;
    }

    @Override
    public String ask() {
      begun.countDown();
      try {
        gate.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (fails) {
        throw new IllegalStateException("no answer");
      }
      return super.ask();
    }
  }

  private String get(Asker asker) throws InterruptedException {
    return cache.get(KEY, clock.instant().plusSeconds(60), asker);
  }

  private Future<String> begin(GatedAsker leader) throws InterruptedException {
    Future<String> leading = threads.submit(() -> get(leader));
    leader.begun.await();
    return leading;
  }

  private List<Future<String>> follow(int count, Asker asker) {
    return follow(count, () -> get(asker));
  }

  private static List<Future<String>> follow(int count, Callable<String> ask) {
    List<Future<String>> followers = new ArrayList<>();
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      var task = new FutureTask<>(ask);
      all.add(Thread.ofVirtual().start(task));
      followers.add(task);
    }
    await()
        .until(
            () -> all.stream().allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING));
    return followers;
  }

  @Test
  void asksOnceAndThenTellsTierAndAge() throws Exception {
    assertThat(get(new Asker())).isEqualTo("SELECT 1");
    assertThat(get(new Asker())).isEqualTo("SELECT 1 from memory after 90");
    assertThat(told).containsExactly("miss", "hit memory");
  }

  @Test
  void asksAgainWhereTheAnswerDoesNotStandAnyMore() throws Exception {
    get(new Asker());
    Asker choosy =
        new Asker() {
          @Override
          public Optional<String> reuse(StoredAnswer answer, Reuse reuse) {
            return answer.answer().sql().equals("SELECT 1")
                ? Optional.empty()
                : super.reuse(answer, reuse);
          }
        };
    assertThat(get(choosy)).isEqualTo("SELECT 2");
    assertThat(get(choosy)).isEqualTo("SELECT 2 from memory after 90");
    assertThat(told).containsOnlyOnce("stale memory").containsSubsequence("stale memory", "miss");
  }

  @Test
  void oneOfThoseWhoAskAtTheSameTimeGetsTheAnswerForAll() throws Exception {
    GatedAsker leader = new GatedAsker(false);
    Future<String> leading = begin(leader);
    List<Future<String>> followers = follow(50, new Asker());

    leader.gate.countDown();

    assertThat(leading.get()).isEqualTo("SELECT 1");
    for (Future<String> follower : followers) {
      assertThat(follower.get()).isEqualTo("SELECT 1 from in-flight after 90");
    }
    assertThat(asked).hasValue(1);
  }

  @Test
  void whenOneFailsTheNextOneTriesAndTheOthersWaitForThat() throws Exception {
    GatedAsker failing = new GatedAsker(true);
    Future<String> leading = begin(failing);
    List<Future<String>> followers = follow(10, new Asker());

    failing.gate.countDown();

    assertThatThrownBy(leading::get).hasMessageContaining("no answer");
    List<String> got = new ArrayList<>();
    for (Future<String> follower : followers) {
      got.add(follower.get());
    }
    assertThat(got).containsOnlyOnce("SELECT 1");
    assertThat(got).filteredOn(text -> text.contains("from")).hasSize(9);
    assertThat(asked).hasValue(1);
  }

  @Test
  void whoSawTwoOthersFailAsksByItself() throws Exception {
    Asker failure =
        new Asker() {
          @Override
          public Optional<StoredAnswer> shared(String result) {
            return Optional.empty();
          }
        };
    GatedAsker failing = new GatedAsker(true);
    begin(failing);
    List<Future<String>> followers = follow(10, failure);

    failing.gate.countDown();

    for (Future<String> follower : followers) {
      assertThat(follower.get()).startsWith("SELECT");
    }
    assertThat(asked).hasValue(10);
  }

  @Test
  void waitsNoLongerThanToTheDeadline() throws Exception {
    GatedAsker leader = new GatedAsker(false);
    begin(leader);

    Instant deadline = clock.instant().plusMillis(500);
    Future<String> late = follow(1, () -> cache.get(KEY, deadline, new Asker())).getFirst();
    clock.advance(Duration.ofSeconds(1));

    assertThat(late.get()).isEqualTo("late");
    assertThat(asked).hasValue(0);
    leader.gate.countDown();
  }

  @Test
  void whatWasClearedIsAskedAnewAlsoWhileItWasOnItsWay() throws Exception {
    GatedAsker leader = new GatedAsker(false);
    Future<String> leading = begin(leader);

    cache.clear(new CacheScope("acme", null));

    assertThat(get(new Asker())).isEqualTo("SELECT 1");
    leader.gate.countDown();
    assertThat(leading.get()).isEqualTo("SELECT 2");
    assertThat(get(new Asker())).isEqualTo("SELECT 1 from memory after 90");
  }

  @Test
  void keepsNoAnswerThatIsNotWhatWasAskedFor() throws Exception {
    Asker degraded =
        new Asker() {
          @Override
          public Optional<StoredAnswer> shared(String result) {
            StoredAnswer good = answer(result);
            return Optional.of(
                new StoredAnswer(good.answer(), good.model(), "another model's", good.since()));
          }
        };

    get(degraded);

    assertThat(get(degraded)).isEqualTo("SELECT 2");
  }

  @Test
  void keepsNoAnswerLongerThanItMayBe() throws Exception {
    Asker verbose =
        new Asker() {
          @Override
          public Optional<StoredAnswer> shared(String result) {
            return Optional.of(answer(result + " ".repeat(20_000)));
          }
        };

    get(verbose);

    assertThat(get(verbose)).isEqualTo("SELECT 2");
  }

  @Test
  void coversDatasourcesThatKeepAnswers() {
    assertThat(cache.covers("shop")).isTrue();
    assertThat(cache.covers("fresh")).isFalse();
    assertThat(AnswerCache.none(clock).covers("shop")).isFalse();
  }
}
