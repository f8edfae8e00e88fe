package io.querytrail.audit;

import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.prices.PriceFile;
import java.nio.file.Path;
import java.util.Optional;

/** The prices that a history was decided by, for whoever decides it again. */
public final class HistoryPrices {
  private HistoryPrices() {}

  /**
   * @param file as the stream's {@code pricesFile}; empty for the bundled prices
   * @throws io.querytrail.service.ConfigException when the file cannot be read or used
   */
  public static PriceBook of(Optional<Path> file) {
    return file.map(PriceFile::load).map(PriceFile::book).orElseGet(PriceFile::bundled);
  }
}
