package io.querytrail.cli;

import io.querytrail.audit.prices.PriceFile;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where price tables are looked for. */
final class PriceOptions {
  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Option(
      names = "--bundled",
      description = "Look only at the prices that come with Querytrail; needs nothing running.")
  boolean bundled;

  @Option(
      names = "--prices-file",
      paramLabel = "F.yaml",
      description = "The pricesFile of audit-stream, where it has one in place of the bundled.")
  @Nullable Path pricesFile;

  PriceTables tables() {
    PriceFile brought = pricesFile == null ? PriceFile.bundledFile() : PriceFile.load(pricesFile);
    return new PriceTables(
        bundled ? List.of() : new PriceTopic(connection.reachable().kafka()).tables(),
        brought.tables());
  }
}
