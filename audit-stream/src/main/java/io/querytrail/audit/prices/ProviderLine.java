package io.querytrail.audit.prices;

import io.querytrail.audit.money.ProviderPrices;
import io.querytrail.service.Problems;
import io.querytrail.service.ValidConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Prices of one provider by rules on names, the first that fits.
 *
 * @param id the provider's name, as the generator's configuration spells it
 * @param aliases further names of it
 * @param fallbacks ids of providers whose models it resells at their price
 */
public record ProviderLine(
    String id, @Nullable List<String> aliases, @Nullable List<String> fallbacks, List<Entry> models)
    implements ValidConfig {
  /**
   * One price and the names it is for.
   *
   * @param id name of the entry
   */
  public record Entry(String id, NameLine match, ModelLine price) implements ValidConfig {
    @Override
    public void check(Problems problems) {
      problems.required("id", id);
      problems.required("match", match);
      problems.nested("price", price);
      if (match != null) {
        try {
          match.rule();
        } catch (IllegalArgumentException e) {
          problems.add("match", String.valueOf(e.getMessage()));
        }
      }
    }

    private ProviderPrices.NamedPrice named() {
      return new ProviderPrices.NamedPrice(id, match.rule(), price.schedule());
    }
  }

  @Override
  public void check(Problems problems) {
    problems.required("id", id);
    problems.each("models", models);
  }

  List<String> names() {
    List<String> names = new ArrayList<>(List.of(id));
    Optional.ofNullable(aliases).ifPresent(names::addAll);
    return names;
  }

  ProviderPrices prices() {
    return new ProviderPrices(
        models.stream().map(Entry::named).toList(), fallbacks == null ? List.of() : fallbacks);
  }

  /** These rules, then the other's. */
  ProviderLine before(ProviderLine other) {
    List<Entry> all = new ArrayList<>(models);
    all.addAll(other.models());
    return new ProviderLine(
        id,
        aliases == null ? other.aliases() : aliases,
        fallbacks == null ? other.fallbacks() : fallbacks,
        all);
  }
}
