package io.querytrail.audit.prices;

import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.PriceSchedule;
import io.querytrail.service.Problems;
import io.querytrail.service.ValidConfig;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one model costs, each price for a million tokens.
 *
 * @param cachedInput by default what input costs
 * @param cacheWrite by default what input costs
 * @param reasoning by default what output costs
 * @param tiers other prices of calls with larger inputs
 * @param batchDiscountPercent off every price in batch, by default 0
 * @param changes other prices from a date on or at some hours
 * @param unpriced why the model has no price here; it is then refused
 */
public record ModelLine(
    @Nullable BigDecimal input,
    @Nullable BigDecimal cachedInput,
    @Nullable BigDecimal cacheWrite,
    @Nullable BigDecimal output,
    @Nullable BigDecimal reasoning,
    @Nullable List<TierLine> tiers,
    @Nullable Integer batchDiscountPercent,
    @Nullable List<ChangeLine> changes,
    @Nullable String unpriced)
    implements ValidConfig {
  @Override
  public void check(Problems problems) {
    if (unpriced != null) {
      problems.require(
          input == null && output == null && changes == null,
          "unpriced",
          "stands beside prices; use one of them");
      return;
    }
    problems.required("input", input);
    problems.required("output", output);
    if (input == null || output == null) {
      return;
    }
    checkPrice(problems, "", classes(), tiers);
    for (int i = 0; changes != null && i < changes.size(); i++) {
      String key = "changes[" + i + "]";
      try {
        changes.get(i).when();
      } catch (IllegalArgumentException e) {
        problems.add(key, String.valueOf(e.getMessage()));
      }
      checkPrice(problems, key, changes.get(i).classes().over(classes()), changes.get(i).tiers());
    }
  }

  private void checkPrice(
      Problems problems, String key, ClassLine classes, @Nullable List<TierLine> tiers) {
    try {
      price(classes, tiers);
    } catch (IllegalArgumentException e) {
      problems.add(key, String.valueOf(e.getMessage()));
    }
  }

  private ClassLine classes() {
    return new ClassLine(input, cachedInput, cacheWrite, output, reasoning);
  }

  /**
   * The price when nothing is said of a date or hour.
   *
   * @throws IllegalArgumentException when it cannot be used
   */
  public ModelPrice standing() {
    return price(classes(), tiers);
  }

  /** Empty where it is said that there is none. */
  Optional<PriceSchedule> schedule() {
    if (unpriced != null) {
      return Optional.empty();
    }
    List<PriceSchedule.Change> dated = new ArrayList<>();
    for (ChangeLine change : changes == null ? List.<ChangeLine>of() : changes) {
      dated.add(
          new PriceSchedule.Change(
              change.when(), price(change.classes().over(classes()), change.tiers())));
    }
    return Optional.of(new PriceSchedule(standing(), dated));
  }

  private ModelPrice price(ClassLine classes, @Nullable List<TierLine> tierLines) {
    List<ModelPrice.Tier> found = new ArrayList<>();
    ClassLine reached = classes;
    for (TierLine tier : tierLines == null ? List.<TierLine>of() : tierLines) {
      if (tier.above() == null) {
        throw new IllegalArgumentException("a tier says not above how many input tokens it begins");
      }
      reached = tier.classes().over(reached);
      found.add(new ModelPrice.Tier(tier.above(), reached.prices()));
    }
    return new ModelPrice(
        classes.prices(), found, batchDiscountPercent == null ? 0 : batchDiscountPercent);
  }
}
