package io.querytrail.generator.cache;

import java.time.Duration;
import java.util.Optional;

/** Keeps nothing. */
final class NoAnswerStore implements AnswerStore {
  @Override
  public String tier() {
    return "none";
  }

  @Override
  public Slot open(AnswerKey key) {
    return new Slot() {
      @Override
      public AnswerKey key() {
        return key;
      }

      @Override
      public Optional<StoredAnswer> answer() {
        return Optional.empty();
      }

      @Override
      public void keep(StoredAnswer answer, Duration ttl) {}
    };
  }

  @Override
  public void clear(CacheScope scope) {}

  @Override
  public void close() {}
}
