package io.querytrail.audit.ledger;

import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.money.PriceTable;
import io.querytrail.audit.money.TokenCounts;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Policies, requests and prices to test with. A token costs a millionth for {@code cheap} and ten
 * millionths for {@code strong}, whatever its class, so amounts can be read off.
 */
final class Ledgers {
  static final AccountId ACME = new AccountId("acme");
  static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  /** 1,000 tokens in and as many out, three times, to the cheap model. */
  static final Money HOLD = Money.of("0.006");

  private Ledgers() {}

  static PriceBook prices() {
    return new PriceBook(
        List.of(table("p1", "2026-11-01", "USD"), table("p2", "2027-03-01", "USD")));
  }

  static PriceTable table(String version, String day, String currency) {
    return new PriceTable(
        version,
        LocalDate.parse(day),
        currency,
        Map.of("test:cheap", flat("1"), "test:strong", flat("10"), "test:free", flat("0")));
  }

  private static ModelPrice flat(String price) {
    BigDecimal amount = new BigDecimal(price);
    return new ModelPrice(amount, amount, amount, amount, amount);
  }

  static Policy policy(long version, BudgetRule... budgets) {
    return policy(ACME, version, "UTC", List.of(model("cheap")), budgets);
  }

  static Policy policy(
      AccountId account, long version, String zone, List<Candidate> models, BudgetRule... budgets) {
    return new PolicyBuilder()
        .account(account)
        .version(version)
        .zone(zone)
        .models(models)
        .budgets(List.of(budgets))
        .build();
  }

  static Policy paused(Policy policy, long version) {
    return new PolicyBuilder(policy).version(version).paused(true).build();
  }

  static Policy limited(Policy policy, RateLimit account, RateLimit user) {
    return new PolicyBuilder(policy).rateLimits(new RateLimits(account, user)).build();
  }

  static Policy routed(Policy policy, Routing routing) {
    return new PolicyBuilder(policy).routing(routing).build();
  }

  static Candidate model(String name) {
    return new Candidate("test", name, name.equals("strong") ? "strong" : "cheap");
  }

  static BudgetRule monthly(String limit) {
    return budget(BudgetScope.ACCOUNT, BudgetRule.EACH, Period.Kind.MONTH, limit);
  }

  static BudgetRule budget(BudgetScope scope, String key, Period.Kind kind, String limit) {
    return new BudgetRule(scope, key, kind, Money.of(limit), true, List.of(50, 90, 100));
  }

  static BudgetRule soft(BudgetRule rule) {
    return new BudgetRule(
        rule.scope(), rule.scopeKey(), rule.period(), rule.limit(), false, rule.thresholds());
  }

  static Request request(String id) {
    return request(ACME, id, "ada", Optional.empty(), NOON);
  }

  static Request request(
      AccountId account, String id, String user, Optional<String> team, Instant at) {
    return new Request(
        account,
        new RequestId(id),
        user,
        team,
        Optional.empty(),
        Optional.empty(),
        "How many?",
        Optional.empty(),
        Map.of(),
        "digest of " + id,
        Optional.empty(),
        at,
        0,
        0);
  }

  static LedgerCommand.Settle settled(String id, String nonce, Attempt... attempts) {
    return new LedgerCommand.Settle(
        ACME, new RequestId(id), id + "#1", nonce, List.of(attempts), true);
  }

  static Request ofTier(Request request, String tier) {
    return new Request(
        request.account(),
        request.id(),
        request.user(),
        request.team(),
        request.datasource(),
        Optional.of(tier),
        request.question(),
        request.requester(),
        request.tags(),
        request.contentDigest(),
        request.traceId(),
        request.requestedAt(),
        request.partition(),
        request.offset());
  }

  static Attempt cheap(long tokens) {
    return used("cheap", tokens);
  }

  static Attempt used(String model, long tokens) {
    return new Attempt(
        "test",
        model,
        true,
        Optional.of(new TokenCounts(tokens, 0, 0, 0, 0)),
        OptionalInt.empty(),
        false);
  }

  static Attempt unreported() {
    return unreported("cheap");
  }

  static Attempt unreported(String model) {
    return new Attempt("test", model, true, Optional.empty(), OptionalInt.empty(), false);
  }

  static Attempt answered(int httpStatus) {
    return new Attempt("test", "cheap", true, Optional.empty(), OptionalInt.of(httpStatus), false);
  }

  static Attempt notSent() {
    return new Attempt("test", "cheap", false, Optional.empty(), OptionalInt.empty(), false);
  }
}
