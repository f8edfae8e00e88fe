package io.querytrail.generator.cache;

/** Is told what a cache was good for. Implementations are safe for use by several threads. */
public interface CacheEvents {
  /** An answer was used again; {@code tier} is where it came from. */
  void hit(String tier);

  /** A model had to be asked. */
  void miss();

  /** An answer that was kept did not stand any more. */
  void stale(String tier);

  /** A store did not do what it was told. */
  void error(String tier);
}
