package io.querytrail.generator.cachestore;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.querytrail.generator.cache.AnswerKey;
import io.querytrail.generator.cache.AnswerStore;
import io.querytrail.generator.cache.CacheScope;
import io.querytrail.generator.cache.StoredAnswer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Keeps answers in this process, up to a number of them; those that are asked for least give way.
 * Safe for use by several threads.
 */
public final class MemoryAnswerStore implements AnswerStore {
  private record Entry(StoredAnswer answer, Duration ttl) {}

  private final Cache<AnswerKey, Entry> entries;
  private final AtomicLong clears = new AtomicLong();

  /**
   * @param maxEntries answers kept at most
   * @param nanos a clock that only goes forward, such as {@code System::nanoTime}
   */
  public MemoryAnswerStore(int maxEntries, LongSupplier nanos) {
    entries =
        Caffeine.newBuilder()
            .maximumSize(maxEntries)
            .expireAfter(Expiry.<AnswerKey, Entry>writing((key, entry) -> entry.ttl()))
            .ticker(nanos::getAsLong)
            // What is left to do after a write takes microseconds: no thread is worth it.
            .executor(Runnable::run)
            .build();
  }

  @Override
  public String tier() {
    return "memory";
  }

  @Override
  public Slot open(AnswerKey key) {
    long opened = clears.get();
    Optional<StoredAnswer> found =
        Optional.ofNullable(entries.getIfPresent(key)).map(Entry::answer);
    return new Slot() {
      @Override
      public AnswerKey key() {
        return key;
      }

      @Override
      public Optional<StoredAnswer> answer() {
        return found;
      }

      @Override
      public void keep(StoredAnswer answer, Duration ttl) {
        if (clears.get() != opened) {
          return;
        }
        Entry entry = new Entry(answer, ttl);
        entries.put(key, entry);
        if (clears.get() != opened) {
          entries.asMap().remove(key, entry);
        }
      }
    };
  }

  @Override
  public void clear(CacheScope scope) {
    clears.incrementAndGet();
    entries.asMap().keySet().removeIf(scope::covers);
  }

  /** Answers that are kept now. */
  public long size() {
    entries.cleanUp();
    return entries.estimatedSize();
  }

  @Override
  public void close() {
    entries.invalidateAll();
  }
}
