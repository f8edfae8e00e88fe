package io.querytrail.audit.money;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Price tables, one after another.
 *
 * @param tables in the order in which they became known
 */
public record PriceBook(List<PriceTable> tables) {
  /** No table at all. */
  public static final PriceBook EMPTY = new PriceBook(List.of());

  /**
   * @throws IllegalArgumentException when two tables have the same version
   */
  public PriceBook {
    tables = List.copyOf(tables);
    if (tables.stream().map(PriceTable::version).distinct().count() != tables.size()) {
      throw new IllegalArgumentException(
          "two price tables have the same version: "
              + tables.stream().map(PriceTable::version).collect(Collectors.joining(", ")));
    }
  }

  /**
   * The table of that currency in force at that instant: of those that have begun, the one that
   * began last, and of two that began together the one that became known later. Empty before the
   * first one.
   */
  public Optional<PriceTable> at(Instant instant, String currency) {
    PriceTable latest = null;
    for (PriceTable table : tables) {
      if (table.currency().equals(currency)
          && !table.effective().isAfter(instant)
          && (latest == null || !table.effective().isBefore(latest.effective()))) {
        latest = table;
      }
    }
    return Optional.ofNullable(latest);
  }

  /** The table of that version. */
  public Optional<PriceTable> version(String version) {
    return tables.stream().filter(table -> table.version().equals(version)).findFirst();
  }
}
