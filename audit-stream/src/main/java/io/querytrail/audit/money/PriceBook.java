package io.querytrail.audit.money;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Every price table there was: an old request is always priced by the table of its admission. */
public record PriceBook(List<PriceTable> tables) {
  /**
   * @throws IllegalArgumentException when there is no table, or two of the same version or day
   */
  public PriceBook {
    tables = tables.stream().sorted(Comparator.comparing(PriceTable::effective)).toList();
    if (tables.isEmpty()) {
      throw new IllegalArgumentException("there is no price table");
    }
    if (tables.stream().map(PriceTable::version).distinct().count() != tables.size()) {
      throw new IllegalArgumentException(
          "two price tables have the same version: " + versions(tables));
    }
    if (tables.stream().map(PriceTable::effective).distinct().count() != tables.size()) {
      throw new IllegalArgumentException(
          "two price tables begin on the same day: " + versions(tables));
    }
  }

  /** The table in force at that instant; empty before the first one. */
  public Optional<PriceTable> at(Instant instant) {
    LocalDate day = LocalDate.ofInstant(instant, ZoneOffset.UTC);
    return tables.stream().filter(table -> !table.effective().isAfter(day)).reduce((a, b) -> b);
  }

  /** The table of that version. */
  public Optional<PriceTable> version(String version) {
    return tables.stream().filter(table -> table.version().equals(version)).findFirst();
  }

  private static String versions(List<PriceTable> tables) {
    return tables.stream().map(PriceTable::version).collect(Collectors.joining(", "));
  }
}
