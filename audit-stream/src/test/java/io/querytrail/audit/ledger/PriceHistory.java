package io.querytrail.audit.ledger;

import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.money.PriceSchedule;
import io.querytrail.audit.money.PriceTable;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Prices that change every ten days until tables are applied, the same for every class of token. A
 * strong model costs ten times what a cheap one does.
 */
final class PriceHistory {
  /** A model that no table has a price for. */
  static final String UNPRICED = "dark";

  private static final int TABLES = 60;
  private static final int DAYS = 10;
  private static final LocalDate FIRST = LocalDate.parse("2026-01-01");
  private static final Money MILLIONTH = Money.of("0.000001");

  static final PriceBook BOOK = book();

  /** What a table asks for a cheap token, from when on. */
  private record Applied(Instant effective, long cheap) {}

  private final List<Applied> applied = new ArrayList<>();

  private static PriceBook book() {
    List<PriceTable> tables = new ArrayList<>();
    for (int i = 0; i < TABLES; i++) {
      Instant effective = FIRST.plusDays((long) DAYS * i).atStartOfDay(ZoneOffset.UTC).toInstant();
      tables.add(table("p" + i, effective, bundled(i)));
    }
    return new PriceBook(tables);
  }

  private static PriceTable table(String version, Instant effective, long cheap) {
    return new PriceTable(
        version,
        effective,
        "USD",
        Map.of(
            "test:cheap",
            Optional.of(PriceSchedule.of(flat(cheap))),
            "test:strong",
            Optional.of(PriceSchedule.of(flat(10 * cheap)))),
        Map.of());
  }

  private static long bundled(long table) {
    return 1 + table % 4;
  }

  static ModelPrice flat(long price) {
    BigDecimal amount = BigDecimal.valueOf(price);
    return new ModelPrice(amount, amount, amount, amount, amount);
  }

  /** A table that comes now. */
  PriceTable apply(Instant effective, long cheap) {
    applied.add(new Applied(effective, cheap));
    return table("a" + applied.size(), effective, cheap);
  }

  /** What a token of a cheap model costs by the table in force. */
  long cheap(Instant at) {
    Applied latest = null;
    for (Applied table : applied) {
      if (!table.effective().isAfter(at)
          && (latest == null || !table.effective().isBefore(latest.effective()))) {
        latest = table;
      }
    }
    long days = ChronoUnit.DAYS.between(FIRST, LocalDate.ofInstant(at, ZoneOffset.UTC));
    return latest == null ? bundled(days / DAYS) : latest.cheap();
  }

  /** What a token of each model costs under one admission. */
  record Quote(Map<String, Long> prices, Admission admission) {
    /** What an attempt costs, found by another way than the ledger's. */
    Money cost(Attempt attempt) {
      if (!attempt.sent()) {
        return Money.ZERO;
      }
      long own = prices.getOrDefault(attempt.model(), 0L);
      if (own > 0 && attempt.usage().isPresent()) {
        return MILLIONTH.times(
            own * (attempt.usage().get().input() + attempt.usage().get().output()));
      }
      int status = attempt.httpStatus().orElse(0);
      if (attempt.usage().isEmpty() && (status == 401 || status == 429)) {
        return Money.ZERO;
      }
      long ceiling = admission.maxInputTokens() + (long) admission.maxOutputTokens();
      List<String> admitted = admission.candidates().stream().map(Candidate::model).toList();
      long dearest = admitted.stream().mapToLong(prices::get).max().orElseThrow();
      return MILLIONTH.times(
          ceiling * (admitted.contains(attempt.model()) ? own : Math.max(own, dearest)));
    }

    /** Tokens that an attempt counts for in the windows of rate limits. */
    long tokens(Attempt attempt) {
      if (!attempt.sent()) {
        return 0;
      }
      if (attempt.usage().isPresent()) {
        return attempt.usage().get().input() + attempt.usage().get().output();
      }
      int status = attempt.httpStatus().orElse(0);
      return status == 401 || status == 429
          ? 0
          : admission.maxInputTokens() + (long) admission.maxOutputTokens();
    }

    /** All that the admission allows. */
    long allowed() {
      return admission.maxSends()
          * (admission.maxInputTokens() + (long) admission.maxOutputTokens());
    }
  }

  /** The prices of an admission that is made under that policy. */
  Quote quote(Admission admission, Policy policy) {
    Map<String, Long> prices = new HashMap<>();
    prices.put("cheap", cheap(admission.admittedAt()));
    prices.put("strong", 10 * cheap(admission.admittedAt()));
    for (Candidate candidate : admission.candidates()) {
      ModelPrice own = policy.prices().get(candidate.key());
      if (own != null) {
        prices.put(candidate.model(), own.base().input().longValueExact());
      }
    }
    return new Quote(prices, admission);
  }
}
