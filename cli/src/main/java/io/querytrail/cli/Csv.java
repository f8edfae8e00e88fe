package io.querytrail.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lines of comma-separated values, quoted as RFC 4180 has it. */
final class Csv {
  private static final CsvMapper MAPPER =
      CsvMapper.csvBuilder().enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING).build();
  private static final CsvSchema SCHEMA = CsvSchema.emptySchema().withLineSeparator("");

  private Csv() {}

  /** One line without its end; null is an empty cell. */
  static String line(List<? extends @Nullable Object> cells) {
    try {
      return MAPPER.writer(SCHEMA).writeValueAsString(cells.stream().map(Csv::text).toArray());
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(@Nullable Object cell) {
    return switch (cell) {
      case null -> "";
      case BigDecimal amount -> Json.plain(amount).toPlainString();
      case Number number -> number.toString();
      default -> harmless(cell.toString());
    };
  }

  /** A leading sign would make a spreadsheet read the cell as a formula. */
  private static String harmless(String text) {
    return !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
  }
}
