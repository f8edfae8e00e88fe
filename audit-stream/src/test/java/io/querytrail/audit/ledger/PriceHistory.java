package io.querytrail.audit.ledger;

import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.money.PriceTable;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Prices that change every ten days, the same for every class of token. */
final class PriceHistory {
  private static final int TABLES = 60;
  private static final LocalDate FIRST = LocalDate.parse("2026-01-01");
  private static final Money MILLIONTH = Money.of("0.000001");

  static final PriceBook BOOK = book();

  private PriceHistory() {}

  private static PriceBook book() {
    List<PriceTable> tables = new ArrayList<>();
    for (int i = 0; i < TABLES; i++) {
      tables.add(
          new PriceTable(
              "p" + i,
              FIRST.plusDays(10L * i),
              "USD",
              Map.of("test:cheap", flat(cheap(i)), "test:strong", flat(10 * cheap(i)))));
    }
    return new PriceBook(tables);
  }

  private static long cheap(int table) {
    return 1 + table % 4;
  }

  private static ModelPrice flat(long price) {
    BigDecimal amount = BigDecimal.valueOf(price);
    return new ModelPrice(amount, amount, amount, amount, amount);
  }

  /** What an attempt costs, found by another way than the ledger's. */
  static Money cost(Attempt attempt, Admission admission) {
    if (!attempt.sent()) {
      return Money.ZERO;
    }
    long price = cheap(Integer.parseInt(admission.priceVersion().substring(1)));
    long dearest =
        admission.candidates().stream().anyMatch(model -> model.model().equals("strong"))
            ? 10 * price
            : price;
    long own =
        switch (attempt.model()) {
          case "cheap" -> price;
          case "strong" -> 10 * price;
          default -> 0;
        };
    if (own > 0 && attempt.usage().isPresent()) {
      return MILLIONTH.times(
          own * (attempt.usage().get().input() + attempt.usage().get().output()));
    }
    int status = attempt.httpStatus().orElse(0);
    if (attempt.usage().isEmpty() && (status == 401 || status == 429)) {
      return Money.ZERO;
    }
    boolean admitted =
        admission.candidates().stream().anyMatch(model -> model.model().equals(attempt.model()));
    return MILLIONTH.times(2_000 * (admitted ? own : Math.max(own, dearest)));
  }
}
