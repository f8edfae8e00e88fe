package io.querytrail.audit.money;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** All prices of one version. It never changes, so it may be shared by threads. */
public final class PriceTable {
  /** Names come from policies, and each is looked up for every request. */
  private static final int MAX_FOUND = 10_000;

  private final String version;
  private final Instant effective;
  private final String currency;
  private final Map<String, Optional<PriceSchedule>> models;
  private final Map<String, ProviderPrices> providers;
  private final Map<String, Optional<PriceSchedule>> found = new ConcurrentHashMap<>();

  /**
   * @param version name that events carry
   * @param effective from when on it prices new admissions
   * @param currency ISO 4217 code
   * @param models prices by exact {@code provider:model}, which go before the rules; empty for a
   *     model that is to be refused
   * @param providers prices by rules on names, by the provider's name
   */
  public PriceTable(
      String version,
      Instant effective,
      String currency,
      Map<String, Optional<PriceSchedule>> models,
      Map<String, ProviderPrices> providers) {
    this.version = version;
    this.effective = effective;
    this.currency = currency;
    this.models = Map.copyOf(models);
    this.providers = Map.copyOf(providers);
  }

  /** A table of one price for each {@code provider:model}, in force from that day on in UTC. */
  public PriceTable(
      String version, LocalDate effective, String currency, Map<String, ModelPrice> prices) {
    this(
        version,
        effective.atStartOfDay(ZoneOffset.UTC).toInstant(),
        currency,
        prices.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, price -> Optional.of(PriceSchedule.of(price.getValue())))),
        Map.of());
  }

  public String version() {
    return version;
  }

  public Instant effective() {
    return effective;
  }

  public String currency() {
    return currency;
  }

  /** The model's price when nothing is said of a date or hour. */
  public Optional<ModelPrice> price(String provider, String model) {
    return schedule(provider, model).map(PriceSchedule::standing);
  }

  /** The model's price at all times; empty where it is unknown, which is never the same as free. */
  public Optional<PriceSchedule> schedule(String provider, String model) {
    String key = provider + ':' + model;
    Optional<PriceSchedule> known = found.get(key);
    if (known == null) {
      known = find(provider, model, key);
      if (found.size() >= MAX_FOUND) {
        found.clear();
      }
      found.put(key, known);
    }
    return known;
  }

  private Optional<PriceSchedule> find(String provider, String model, String key) {
    Optional<PriceSchedule> exact = models.get(key);
    if (exact != null) {
      return exact;
    }
    String name = model.toLowerCase(Locale.ROOT).strip();
    return rule(provider, rules -> rules.find(name)).flatMap(ProviderPrices.NamedPrice::price);
  }

  private Optional<ProviderPrices.NamedPrice> rule(
      String provider, Function<ProviderPrices, Optional<ProviderPrices.NamedPrice>> find) {
    ProviderPrices own = providers.get(provider);
    if (own == null) {
      return Optional.empty();
    }
    Optional<ProviderPrices.NamedPrice> rule = find.apply(own);
    for (String fallback : own.fallbacks()) {
      rule = rule.or(() -> Optional.ofNullable(providers.get(fallback)).flatMap(find));
    }
    return rule;
  }
}
