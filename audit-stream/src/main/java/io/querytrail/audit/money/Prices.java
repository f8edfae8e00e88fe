package io.querytrail.audit.money;

import java.util.Optional;

/** Prices as one admission goes by them. */
@FunctionalInterface
public interface Prices {
  /** The model's price; empty where it is unknown, which is never the same as free. */
  Optional<ModelPrice> price(String provider, String model);
}
