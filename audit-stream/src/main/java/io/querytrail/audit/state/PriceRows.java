package io.querytrail.audit.state;

import io.querytrail.audit.money.ClassPrices;
import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.state.row.ClassPricesRow;
import io.querytrail.audit.state.row.TierRow;
import io.querytrail.audit.state.row.UsedPriceRow;
import java.math.BigDecimal;

/** Between prices and the rows of the ledger's store. */
final class PriceRows {
  private PriceRows() {}

  static UsedPriceRow row(ModelPrice price) {
    return new UsedPriceRow(
        row(price.base()),
        price.tiers().stream().map(tier -> new TierRow(tier.above(), row(tier.prices()))).toList(),
        price.batchDiscountPercent());
  }

  static ModelPrice price(UsedPriceRow row) {
    return new ModelPrice(
        prices(row.getBase()),
        row.getTiers().stream()
            .map(tier -> new ModelPrice.Tier(tier.getAbove(), prices(tier.getPrices())))
            .toList(),
        row.getBatchDiscountPercent());
  }

  private static ClassPricesRow row(ClassPrices prices) {
    return new ClassPricesRow(
        scaled(prices.input()),
        scaled(prices.cachedInput()),
        scaled(prices.cacheWrite()),
        scaled(prices.output()),
        scaled(prices.reasoning()));
  }

  private static ClassPrices prices(ClassPricesRow row) {
    return new ClassPrices(
        row.getInput(),
        row.getCachedInput(),
        row.getCacheWrite(),
        row.getOutput(),
        row.getReasoning());
  }

  private static BigDecimal scaled(BigDecimal price) {
    return price.setScale(ClassPrices.MAX_SCALE);
  }
}
