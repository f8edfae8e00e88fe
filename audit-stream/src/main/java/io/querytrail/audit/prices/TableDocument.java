package io.querytrail.audit.prices;

import io.querytrail.audit.money.PriceTable;
import io.querytrail.audit.money.ProviderPrices;
import io.querytrail.schemas.RequestRules;
import io.querytrail.service.Problems;
import io.querytrail.service.ValidConfig;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One price table as it is written.
 *
 * @param version name that events carry; a table of a version never changes
 * @param effective first day, in UTC, or instant at which it prices new admissions; may be left out
 *     of a file that is to be applied now
 * @param currency ISO 4217 code
 * @param source where the prices are from, for people
 * @param extending the version whose prices hold for every model that is not named here; "none" for
 *     none, "in-force" for the table that is in force when this one is applied, which is the
 *     default
 * @param models by exact {@code provider:model}
 * @param providers by rules on names, after the exact ones
 */
public record TableDocument(
    String version,
    @Nullable String effective,
    String currency,
    @Nullable String source,
    @Nullable String extending,
    @Nullable Map<String, ModelLine> models,
    @Nullable List<ProviderLine> providers)
    implements ValidConfig {
  /** The table in force is the one to extend. */
  public static final String IN_FORCE = "in-force";

  /** No table is to be extended. */
  public static final String NONE = "none";

  @Override
  public void check(Problems problems) {
    problems.required("version", version);
    problems.require(
        version == null || version.isBlank() || RequestRules.isId(version),
        "version",
        "is '" + version + "'; use 1 to 64 characters of A-Z a-z 0-9 . _ : -");
    if (effective != null) {
      try {
        Moments.parse("effective", effective);
      } catch (IllegalArgumentException e) {
        problems.add("effective", message(e).replaceFirst("^effective ", ""));
      }
    }
    problems.required("currency", currency);
    if (currency != null && !currency.isBlank()) {
      try {
        Currency.getInstance(currency);
      } catch (IllegalArgumentException e) {
        problems.add("currency", "is '" + currency + "'; use an ISO 4217 code such as USD");
      }
    }
    if (models != null) {
      problems.each("models", models);
      models.keySet().stream()
          .filter(key -> key.indexOf(':') <= 0)
          .forEach(key -> problems.add("models." + key, "is not of the form provider:model"));
    }
    if (providers != null) {
      problems.each("providers", providers);
    }
  }

  private static String message(Exception e) {
    return String.valueOf(e.getMessage());
  }

  /** The same table, in force from another moment on. */
  public TableDocument effectiveFrom(String moment) {
    return new TableDocument(version, moment, currency, source, extending, models, providers);
  }

  /** This table with the other's prices for all that it does not name; whole in itself. */
  public TableDocument extend(TableDocument other) {
    Map<String, ModelLine> merged = new LinkedHashMap<>(orEmpty(other.models));
    // What is named here goes before the other's rules in any case, being exact.
    merged.putAll(orEmpty(models));
    Map<String, ProviderLine> byId = new LinkedHashMap<>();
    orEmpty(other.providers).forEach(line -> byId.put(line.id(), line));
    orEmpty(providers).forEach(line -> byId.merge(line.id(), line, (old, own) -> own.before(old)));
    return new TableDocument(
        version, effective, currency, source, NONE, merged, new ArrayList<>(byId.values()));
  }

  /**
   * The table; the one that it extends must be in it by now.
   *
   * @throws IllegalArgumentException when it does not say from when on it prices
   */
  public PriceTable table() {
    if (effective == null) {
      throw new IllegalArgumentException("effective: is missing");
    }
    Map<String, ProviderPrices> byName = new HashMap<>();
    for (ProviderLine line : orEmpty(providers)) {
      ProviderPrices prices = line.prices();
      line.names().forEach(name -> byName.put(name, prices));
    }
    return new PriceTable(
        version,
        Moments.parse("effective", effective),
        currency,
        orEmpty(models).entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().schedule())),
        byName);
  }

  private static Map<String, ModelLine> orEmpty(@Nullable Map<String, ModelLine> models) {
    return models == null ? Map.of() : models;
  }

  private static List<ProviderLine> orEmpty(@Nullable List<ProviderLine> providers) {
    return providers == null ? List.of() : providers;
  }
}
