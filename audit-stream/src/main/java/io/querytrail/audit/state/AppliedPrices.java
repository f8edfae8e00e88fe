package io.querytrail.audit.state;

import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.money.PriceTable;
import io.querytrail.audit.state.row.AppliedPricesRow;
import io.querytrail.audit.state.row.AppliedTableRow;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The price tables of a store that were applied at run time. Belongs to one task: not safe for use
 * by several threads.
 */
final class AppliedPrices {
  private final KeyValueLedgerState.Rows rows;
  private final PriceTables tables;
  private final RowCodec<AppliedPricesRow> codec = new RowCodec<>(AppliedPricesRow.class);
  private byte @Nullable [] readFrom;
  private PriceBook book = PriceBook.EMPTY;

  AppliedPrices(KeyValueLedgerState.Rows rows, PriceTables tables) {
    this.rows = rows;
    this.tables = tables;
  }

  /** The store is asked each time, since another processor of the task may have changed it. */
  PriceBook book() {
    byte[] row = rows.get(StoreKeys.APPLIED_PRICES);
    if (!Arrays.equals(row, readFrom)) {
      book = read(row);
      readFrom = row;
    }
    return book;
  }

  private PriceBook read(byte @Nullable [] row) {
    List<PriceTable> found = new ArrayList<>();
    for (AppliedTableRow table : list(row)) {
      byte[] content = rows.get(StoreKeys.appliedTable(table.getVersion()));
      // One that was superseded long ago was swept out; its version stays taken.
      if (content != null) {
        found.add(
            tables.table(table.getDigest(), () -> new String(content, StandardCharsets.UTF_8)));
      }
    }
    return new PriceBook(found);
  }

  private List<AppliedTableRow> list(byte @Nullable [] row) {
    return row == null ? List.of() : codec.read(row).getTables();
  }

  /**
   * Takes a table.
   *
   * @return what speaks against it; empty when it is in the book now, or was already
   */
  Optional<String> add(String version, String content) {
    String digest = digest(content);
    List<AppliedTableRow> known = list(rows.get(StoreKeys.APPLIED_PRICES));
    Optional<AppliedTableRow> same =
        known.stream().filter(table -> table.getVersion().equals(version)).findFirst();
    if (same.isPresent()) {
      return same.get().getDigest().equals(digest)
          ? Optional.empty()
          : Optional.of(
              "a table of version %s was applied with other prices; give the new one a version of its own"
                  .formatted(version));
    }
    // Read before it is kept: what cannot be read must never be in the store.
    tables.table(digest, () -> content);
    List<AppliedTableRow> all = new ArrayList<>(known);
    all.add(new AppliedTableRow(version, digest));
    rows.put(StoreKeys.appliedTable(version), content.getBytes(StandardCharsets.UTF_8));
    rows.put(StoreKeys.APPLIED_PRICES, codec.write(new AppliedPricesRow(all)));
    return Optional.empty();
  }

  private static String digest(String content) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
