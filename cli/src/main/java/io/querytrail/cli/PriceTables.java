package io.querytrail.cli;

import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.money.PriceTable;
import io.querytrail.audit.prices.TableDocument;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The price tables that there are.
 *
 * @param applied on the topic, in their order
 * @param bundled with the product, or in the file that audit-stream was given
 */
record PriceTables(List<TableDocument> applied, List<TableDocument> bundled) {
  /** The table in force at that instant, as audit-stream chooses it. */
  Optional<TableDocument> at(Instant instant, String currency) {
    return at(applied, instant, currency).or(() -> at(bundled, instant, currency));
  }

  private static Optional<TableDocument> at(
      List<TableDocument> tables, Instant instant, String currency) {
    return new PriceBook(tables.stream().map(TableDocument::table).toList())
        .at(instant, currency)
        .map(PriceTable::version)
        .flatMap(version ->
            tables.stream().filter(table -> table.version().equals(version)).findFirst());
  }

  Optional<TableDocument> version(String version) {
    return all().filter(table -> table.version().equals(version)).findFirst();
  }

  Stream<TableDocument> all() {
    return Stream.concat(applied.stream(), bundled.stream());
  }

  /**
   * The table with all prices of the one that it extends.
   *
   * @throws CommandException when there is no such table, or one of its version already
   */
  TableDocument whole(TableDocument table) {
    if (version(table.version()).isPresent()) {
      throw new CommandException(
          ExitCodes.REJECTED,
          "there is a price table of version %s, and a table of a version never changes; give this one another"
              .formatted(table.version()));
    }
    String extending = table.extending() == null ? TableDocument.IN_FORCE : table.extending();
    return switch (extending) {
      case TableDocument.NONE -> table;
      case TableDocument.IN_FORCE ->
          table.extend(
              at(table.table().effective(), table.currency())
                  .orElseThrow(() ->
                      new CommandException(
                          ExitCodes.REJECTED,
                          "extending: no table in %s is in force then; write `extending: none`"
                              .formatted(table.currency()))));
      default ->
          table.extend(
              version(extending)
                  .filter(base -> base.currency().equals(table.currency()))
                  .orElseThrow(() ->
                      new CommandException(
                          ExitCodes.REJECTED,
                          "extending: there is no table of version %s in %s; there are %s"
                              .formatted(
                                  extending,
                                  table.currency(),
                                  all().map(TableDocument::version).toList()))));
    };
  }
}
