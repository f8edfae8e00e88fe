package io.querytrail.cli;

import io.querytrail.audit.money.ClassPrices;
import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.prices.ModelLine;
import io.querytrail.events.OwnPrice;
import io.querytrail.events.PriceTier;
import io.querytrail.events.TokenPrices;
import io.querytrail.service.Problems;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** Prices in an account's file, by {@code provider:model}. */
final class OwnPrices {
  private static final int SCALE = 12;

  private OwnPrices() {}

  static void check(Problems problems, Map<String, ModelLine> prices) {
    problems.each("prices", prices);
    prices.forEach((model, line) -> {
      String key = "prices." + model;
      problems.require(model.indexOf(':') > 0, key, "is not of the form provider:model");
      problems.require(
          line == null || (line.changes() == null && line.unpriced() == null),
          key,
          "an account's price is the same at all times; change it by applying the policy again");
    });
  }

  static List<OwnPrice> events(Map<String, ModelLine> prices) {
    return prices.entrySet().stream()
        .map(entry -> event(entry.getKey(), entry.getValue().standing()))
        .toList();
  }

  private static OwnPrice event(String key, ModelPrice price) {
    int colon = key.indexOf(':');
    return OwnPrice.newBuilder()
        .setProvider(key.substring(0, colon))
        .setModel(key.substring(colon + 1))
        .setPrices(prices(price.base()))
        .setTiers(
            price.tiers().stream()
                .map(tier -> new PriceTier(tier.above(), prices(tier.prices())))
                .toList())
        .setBatchDiscountPercent(price.batchDiscountPercent())
        .build();
  }

  private static TokenPrices prices(ClassPrices prices) {
    return new TokenPrices(
        scaled(prices.input()),
        scaled(prices.cachedInput()),
        scaled(prices.cacheWrite()),
        scaled(prices.output()),
        scaled(prices.reasoning()));
  }

  private static BigDecimal scaled(BigDecimal price) {
    return price.setScale(SCALE);
  }
}
