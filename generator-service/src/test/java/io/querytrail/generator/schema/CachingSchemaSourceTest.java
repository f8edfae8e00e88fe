package io.querytrail.generator.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.querytrail.generator.testkit.SampleSchemas;
import io.querytrail.generator.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CachingSchemaSourceTest {
  private static final SortedSet<String> SHOP = new TreeSet<>(List.of("shop"));

  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-21T10:00:00Z"));
  private final AtomicInteger reads = new AtomicInteger();

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

  private SchemaSource caching(SchemaSource source) {
    return new CachingSchemaSource(
        (datasource, schemas) -> {
          reads.incrementAndGet();
          return source.read(datasource, schemas);
        },
        Duration.ofMinutes(5),
        clock);
  }

  private static SchemaReading known() {
    return new SchemaReading.Known(SampleSchemas.shop());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
