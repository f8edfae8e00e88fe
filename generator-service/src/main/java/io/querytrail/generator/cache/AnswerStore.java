package io.querytrail.generator.cache;

import java.time.Duration;
import java.util.Optional;

/**
 * Keeps answers for a while. Whatever is wrong with it costs its caller no more than a short
 * time-out and never an exception: an answer that cannot be had is one that is not there.
 * Implementations are safe for use by several threads.
 */
public interface AnswerStore extends AutoCloseable {
  /** What events and metrics call it, such as "memory". */
  String tier();

  /** What is kept under this key, and the place for an answer of the asker's own. */
  Slot open(AnswerKey key);

  /**
   * Forgets what the scope covers, also what is being written at this moment.
   *
   * @throws CacheUnavailableException where it could not
   */
  void clear(CacheScope scope);

  @Override
  void close();

  /** The place of one key, as of one moment. */
  interface Slot {
    AnswerKey key();

    Optional<StoredAnswer> answer();

    /** Keeps this answer, unless the slot was cleared since it was opened. */
    void keep(StoredAnswer answer, Duration ttl);
  }
}
