package io.querytrail.generator.cache;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A server that keeps bytes for all instances, in the few words that an answer cache needs. Each
 * method ends within the server's time-out. Implementations are safe for use by several threads.
 */
public interface CacheServer extends AutoCloseable {
  /** What events and metrics call it, such as "redis". */
  String name();

  /**
   * What is kept under each key, in the keys' order; null for nothing.
   *
   * @throws CacheUnavailableException where it does not answer in time
   */
  List<byte @Nullable []> get(List<String> keys);

  /**
   * Keeps these values.
   *
   * @param ttl how long; null for as long as the server can
   * @throws CacheUnavailableException where it does not answer in time
   */
  void set(Map<String, byte[]> values, @Nullable Duration ttl);

  @Override
  void close();
}
