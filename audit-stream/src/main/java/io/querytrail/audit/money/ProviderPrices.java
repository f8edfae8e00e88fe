package io.querytrail.audit.money;

import java.util.List;
import java.util.Optional;

/**
 * What a provider's models cost, found by rules on their names.
 *
 * @param models the first one whose rule takes a name has it, priced or not
 * @param fallbacks providers whose models this one resells at their price
 */
public record ProviderPrices(List<NamedPrice> models, List<String> fallbacks) {
  /**
   * A price and the names it is for.
   *
   * @param id name of the entry
   * @param price empty for a model that is known and cannot be priced here
   */
  public record NamedPrice(String id, NameRule names, Optional<PriceSchedule> price) {}

  public ProviderPrices {
    models = List.copyOf(models);
    fallbacks = List.copyOf(fallbacks);
  }

  /**
   * @param name in lower case
   */
  Optional<NamedPrice> find(String name) {
    return models.stream().filter(model -> model.names().takes(name)).findFirst();
  }
}
