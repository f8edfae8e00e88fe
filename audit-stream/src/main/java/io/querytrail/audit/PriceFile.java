package io.querytrail.audit;

import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.money.PriceTable;
import io.querytrail.service.ConfigException;
import io.querytrail.service.ConfigFile;
import io.querytrail.service.Problems;
import io.querytrail.service.ValidConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A file of price tables. */
record PriceFile(List<Table> tables) implements ValidConfig {
  private static final String BUNDLED = "/io/querytrail/audit/prices.yaml";

  record Table(String version, LocalDate effective, String currency, Map<String, Prices> models)
      implements ValidConfig {
    @Override
    public void check(Problems problems) {
      problems.required("version", version);
      problems.required("effective", effective);
      problems.required("currency", currency);
      problems.each("models", models);
    }

    PriceTable table() {
      return new PriceTable(
          version,
          effective,
          currency,
          models.entrySet().stream()
              .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().price())));
    }
  }

  /** A class without a price of its own costs what its whole costs. */
  record Prices(
      BigDecimal input,
      @Nullable BigDecimal cachedInput,
      @Nullable BigDecimal cacheWrite,
      BigDecimal output,
      @Nullable BigDecimal reasoning)
      implements ValidConfig {
    @Override
    public void check(Problems problems) {
      problems.required("input", input);
      problems.required("output", output);
      if (input != null && output != null) {
        try {
          price();
        } catch (IllegalArgumentException e) {
          problems.add("", String.valueOf(e.getMessage()));
        }
      }
    }

    ModelPrice price() {
      return new ModelPrice(
          input,
          cachedInput == null ? input : cachedInput,
          cacheWrite == null ? input : cacheWrite,
          output,
          reasoning == null ? output : reasoning);
    }
  }

  @Override
  public void check(Problems problems) {
    problems.each("tables", tables);
  }

  /** The prices that come with the product. */
  static PriceBook bundled() {
    try (InputStream in = Objects.requireNonNull(PriceFile.class.getResourceAsStream(BUNDLED))) {
      String yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return book(ConfigFile.parse(yaml, PriceFile.class, Map.of(), BUNDLED), BUNDLED);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the bundled prices", e);
    }
  }

  /**
   * @throws ConfigException when the file cannot be read or used
   */
  static PriceBook load(Path file) {
    return book(ConfigFile.load(file, PriceFile.class), file.toString());
  }

  private static PriceBook book(PriceFile file, String source) {
    try {
      return new PriceBook(file.tables().stream().map(Table::table).toList());
    } catch (IllegalArgumentException e) {
      throw new ConfigException(source, List.of("tables: " + e.getMessage()));
    }
  }
}
