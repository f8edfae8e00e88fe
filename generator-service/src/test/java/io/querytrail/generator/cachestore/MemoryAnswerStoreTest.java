package io.querytrail.generator.cachestore;

import static io.querytrail.generator.testkit.Answers.answer;
import static io.querytrail.generator.testkit.Answers.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.generator.cache.AnswerStore;
import io.querytrail.generator.cache.CacheScope;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MemoryAnswerStoreTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final AtomicLong nanos = new AtomicLong();
  private final MemoryAnswerStore store = new MemoryAnswerStore(100, nanos::get);

  @Test
  void keepsEachAnswerForItsTime() {
    store.open(key("acme", "shop", "q1")).keep(answer("SELECT 1"), HOUR);
    store.open(key("acme", "shop", "q2")).keep(answer("SELECT 2"), HOUR.multipliedBy(2));
    assertThat(store.open(key("acme", "shop", "q1")).answer()).contains(answer("SELECT 1"));

    nanos.addAndGet(HOUR.toNanos());

    assertThat(store.open(key("acme", "shop", "q1")).answer()).isEmpty();
    assertThat(store.open(key("acme", "shop", "q2")).answer()).contains(answer("SELECT 2"));
  }

  @Test
  void keepsNoMoreThanItMay() {
    for (int i = 0; i < 10_000; i++) {
      store.open(key("acme", "shop", "q" + i)).keep(answer("SELECT " + i), HOUR);
    }

    assertThat(store.size()).isBetween(50L, 100L);
  }

  @Test
  void clearsWhatTheScopeCoversAndNothingElse() {
    for (String account : new String[] {"acme", "globex"}) {
      for (String datasource : new String[] {"shop", "crm"}) {
        store.open(key(account, datasource, "q")).keep(answer("SELECT 1"), HOUR);
      }
    }

    store.clear(new CacheScope("acme", "shop"));
    assertThat(store.open(key("acme", "shop", "q")).answer()).isEmpty();
    assertThat(store.size()).isEqualTo(3);

    store.clear(new CacheScope(null, "crm"));
    assertThat(store.open(key("globex", "shop", "q")).answer()).isPresent();
    assertThat(store.size()).isEqualTo(1);

    store.clear(CacheScope.ALL);
    assertThat(store.size()).isZero();
  }

  @Test
  void answerThatWasOnItsWayWhenItWasClearedIsNotKept() {
    AnswerStore.Slot slot = store.open(key("acme", "shop", "q"));

    store.clear(new CacheScope("acme", null));
    slot.keep(answer("SELECT 1"), HOUR);

    assertThat(store.open(key("acme", "shop", "q")).answer()).isEmpty();
  }
}
