package io.querytrail.audit.state;

import io.querytrail.audit.money.PriceTable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Tables that were read, by the digest of their content: every partition holds the same ones, and
 * one copy of each is enough. Safe for use by several threads.
 */
public final class PriceTables {
  /** Tables are applied by people, a few in a year. */
  private static final int MAX_TABLES = 100;

  private final Function<String, PriceTable> read;
  private final Map<String, PriceTable> tables = new ConcurrentHashMap<>();

  /**
   * @param read reads the content of a table
   */
  public PriceTables(Function<String, PriceTable> read) {
    this.read = read;
  }

  /**
   * @throws IllegalArgumentException when the content cannot be read
   */
  public PriceTable read(String content) {
    return read.apply(content);
  }

  PriceTable table(String digest, Supplier<String> content) {
    PriceTable known = tables.get(digest);
    if (known == null) {
      known = read.apply(content.get());
      if (tables.size() >= MAX_TABLES) {
        tables.clear();
      }
      tables.put(digest, known);
    }
    return known;
  }
}
