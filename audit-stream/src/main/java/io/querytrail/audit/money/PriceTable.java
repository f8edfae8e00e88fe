package io.querytrail.audit.money;

import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;

/**
 * All prices of one version.
 *
 * @param version name that events carry
 * @param effective first day, in UTC, on which it prices new admissions
 * @param currency ISO 4217 code
 * @param prices by {@code provider:model}
 */
public record PriceTable(
    String version, LocalDate effective, String currency, Map<String, ModelPrice> prices) {
  public PriceTable {
    prices = Map.copyOf(prices);
  }

  /** The model's price; empty where it is unknown, which is never the same as free. */
  public Optional<ModelPrice> price(String provider, String model) {
    return Optional.ofNullable(prices.get(provider + ':' + model));
  }
}
