package io.querytrail.generator.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.querytrail.generator.testkit.SampleSchemas;
import io.querytrail.generator.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CachingSchemaSourceTest {
  private static final SortedSet<String> SHOP = new TreeSet<>(List.of("shop"));

  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-21T10:00:00Z"));
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicInteger looks = new AtomicInteger();
  private @Nullable String stamp = "1";

  @Test
  void readsOnceUntilTheTimeIsUp() {
    // Given
    SchemaSource source = caching((datasource, schemas) -> known());

    // When
    source.read("shop", SHOP);
    clock.advance(Duration.ofMinutes(5).minusMillis(1));
    source.read("shop", SHOP);
    int before = reads.get();
    clock.advance(Duration.ofMillis(1));
    source.read("shop", SHOP);

    // Then
    assertThat(before).isEqualTo(1);
    assertThat(reads).hasValue(2);
  }

  @Test
  void keepsDatasourcesAndSchemasApart() {
    // Given
    SchemaSource source = caching((datasource, schemas) -> known());

    // When
    source.read("shop", SHOP);
    source.read("shop", new TreeSet<>(List.of("shop", "staff")));
    source.read("other", SHOP);

    // Then
    assertThat(reads).hasValue(3);
  }

  @Test
  void doesNotKeepFailures() {
    // Given
    SchemaSource source =
        caching((datasource, schemas) -> new SchemaReading.Unavailable("it is down"));

    // When
    source.read("shop", SHOP);
    source.read("shop", SHOP);

    // Then
    assertThat(reads).hasValue(2);
  }

  @Test
  void passesOnWhatTheSourceThrowsAndTriesAgain() {
    SchemaSource source =
        caching((datasource, schemas) -> {
          throw new IllegalStateException("a bug");
        });

    assertThatThrownBy(() -> source.read("shop", SHOP)).hasMessage("a bug");
    assertThatThrownBy(() -> source.read("shop", SHOP)).hasMessage("a bug");
    assertThat(reads).hasValue(2);
  }

  @Test
  void readsOnceForAllThatAskAtTheSameTime() throws Exception {
    // Given
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    SchemaSource source =
        caching((datasource, schemas) -> {
          reading.countDown();
          await(gate);
          return known();
        });

    // When
    List<Future<SchemaReading>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 100; i++) {
        answers.add(threads.submit(() -> source.read("shop", SHOP)));
      }
      reading.await();
      gate.countDown();
    }

    // Then
    assertThat(reads).hasValue(1);
    for (Future<SchemaReading> answer : answers) {
      assertThat(answer.get()).isSameAs(answers.getFirst().get());
    }
  }

  @Test
  void readsAgainWhatHasAnotherStampAndLooksNowAndThenOnly() {
    // Given
    SchemaSource source = caching((datasource, schemas) -> known());
    source.read("shop", SHOP);

    // When: nothing changed
    clock.advance(Duration.ofSeconds(10));
    source.read("shop", SHOP);
    source.read("shop", SHOP);

    // Then
    assertThat(looks).hasValue(1);
    assertThat(reads).hasValue(1);

    // When: something did
    stamp = "2";
    clock.advance(Duration.ofSeconds(9));
    source.read("shop", SHOP);
    int before = reads.get();
    clock.advance(Duration.ofSeconds(1));
    source.read("shop", SHOP);
    source.read("shop", SHOP);

    // Then
    assertThat(before).isEqualTo(1);
    assertThat(looks).hasValue(2);
    assertThat(reads).hasValue(2);
  }

  @Test
  void keepsASchemaWhoseDatabaseCannotSayWhetherItChanged() {
    SchemaSource source = caching((datasource, schemas) -> known());
    source.read("shop", SHOP);
    stamp = null;
    clock.advance(Duration.ofSeconds(10));
    source.read("shop", SHOP);
    assertThat(reads).hasValue(1);
  }

  @Test
  void looksAtOnceWhereASchemaIsDoubtedButNotAllTheTime() {
    // Given
    SchemaSource source = caching((datasource, schemas) -> known());
    source.read("shop", SHOP);
    stamp = "2";

    // When: it was read this very moment, and another datasource is doubted
    source.doubt("shop");
    source.read("shop", SHOP);
    clock.advance(Duration.ofSeconds(1));
    source.doubt("other");

    // Then
    assertThat(looks).hasValue(0);

    // When
    source.doubt("shop");
    source.read("shop", SHOP);

    // Then
    assertThat(looks).hasValue(1);
    assertThat(reads).hasValue(2);
  }

  @Test
  void readsAllOfADatasourceAgainWhenToldTo() {
    // Given
    CachingSchemaSource source =
        caching((datasource, schemas) ->
            new SchemaReading.Known(
                reads.get() <= 3 ? SampleSchemas.shop() : SampleSchemas.crowded(1)));
    source.read("shop", SHOP);
    source.read("shop", new TreeSet<>(List.of("shop", "staff")));
    source.read("other", SHOP);

    // When
    List<Refreshed> refreshed = source.refresh("shop");
    source.read("shop", SHOP);

    // Then
    assertThat(reads).hasValue(5);
    assertThat(refreshed).hasSize(2);
    assertThat(refreshed)
        .allSatisfy(one -> {
          assertThat(one.fingerprintBefore()).isEqualTo(SampleSchemas.shop().fingerprint());
          assertThat(((SchemaReading.Known) one.reading()).schema().fingerprint())
              .isEqualTo(SampleSchemas.crowded(1).fingerprint());
        });
    assertThat(source.refresh("unheard-of")).isEmpty();
  }

  private CachingSchemaSource caching(SchemaSource source) {
    return new CachingSchemaSource(
        (datasource, schemas) -> {
          reads.incrementAndGet();
          return source.read(datasource, schemas);
        },
        (datasource, schemas) -> {
          looks.incrementAndGet();
          return Optional.ofNullable(stamp);
        },
        new CachingSchemaSource.Times(Duration.ofMinutes(5), Duration.ofSeconds(10)),
        clock);
  }

  private SchemaReading known() {
    return new SchemaReading.Known(SampleSchemas.shop(), Optional.ofNullable(stamp));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
