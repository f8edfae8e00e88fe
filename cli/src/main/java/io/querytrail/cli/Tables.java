package io.querytrail.cli;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Plain tables for terminals; numbers to the right. */
final class Tables {
  private static final int MAX_WIDTH = 80;

  private Tables() {}

  static String of(List<String> headers, List<List<Object>> rows) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < headers.size(); i++) {
      int index = i;
      boolean numeric = !rows.isEmpty() && rows.stream().allMatch(row -> isNumber(row.get(index)));
      columns.add(
          new Column()
              .header(headers.get(i))
              .headerAlign(HorizontalAlign.LEFT)
              .dataAlign(numeric ? HorizontalAlign.RIGHT : HorizontalAlign.LEFT)
              .maxWidth(MAX_WIDTH));
    }
    Object[][] cells =
        rows.stream()
            .map(row -> row.stream().map(Tables::text).toArray())
            .toArray(Object[][]::new);
    return AsciiTable.getTable(AsciiTable.BASIC_ASCII, columns.toArray(Column[]::new), cells);
  }

  private static boolean isNumber(Object cell) {
    return cell instanceof Number || cell.toString().endsWith("%");
  }

  private static String text(Object cell) {
    return cell instanceof BigDecimal amount ? Json.plain(amount).toPlainString() : cell.toString();
  }

  /** A share of a whole in percent, to one decimal. */
  static String percent(BigDecimal part, BigDecimal whole) {
    return whole.signum() == 0
        ? "-"
        : part.movePointRight(2).divide(whole, 1, RoundingMode.HALF_UP).toPlainString() + "%";
  }

  static String orDash(@Nullable Object value) {
    return value == null ? "-" : value.toString();
  }

  /** The text on one line, cut to the width. */
  static String cut(String text, int width) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() <= width ? line : line.substring(0, width - 3) + "...";
  }
}
