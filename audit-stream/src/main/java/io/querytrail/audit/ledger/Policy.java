package io.querytrail.audit.ledger;

import io.querytrail.audit.money.ModelPrice;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that decides about an account's money.
 *
 * @param version counts up with every change
 * @param zone in which days and months begin
 * @param models in order of preference
 * @param maxSends model calls for one request, of all kinds
 * @param deadline from admission to answer
 * @param prices by {@code provider:model}, in place of the price table's
 * @param routing how questions are routed among the models
 * @param storedTexts how the texts of requests are kept
 */
public record Policy(
    AccountId account,
    long version,
    ZoneId zone,
    String currency,
    List<BudgetRule> budgets,
    List<Candidate> models,
    int maxInputTokens,
    int maxOutputTokens,
    int maxSends,
    Duration deadline,
    List<DatasourceRule> datasources,
    boolean paused,
    RateLimits rateLimits,
    Map<String, ModelPrice> prices,
    Routing routing,
    TextStorage storedTexts) {
  private static final int MAX_SENDS = 20;
  private static final int MAX_TOKENS = 10_000_000;

  /**
   * @throws IllegalArgumentException when something in it cannot work; the message says what
   */
  public Policy {
    budgets = List.copyOf(budgets);
    models = List.copyOf(models);
    datasources = List.copyOf(datasources);
    prices = Map.copyOf(prices);
    require(version >= 1, "version is " + version + "; use 1 or more");
    require(!models.isEmpty(), "models is empty; name at least one");
    require(!datasources.isEmpty(), "datasources is empty; name at least one");
    require(in(maxInputTokens, MAX_TOKENS), "maxInputTokens is " + maxInputTokens);
    require(in(maxOutputTokens, MAX_TOKENS), "maxOutputTokens is " + maxOutputTokens);
    require(in(maxSends, MAX_SENDS), "maxSends is " + maxSends + "; use 1 to " + MAX_SENDS);
    require(
        deadline.compareTo(Duration.ofHours(1)) <= 0 && deadline.isPositive(),
        "deadlineSeconds is " + deadline.toSeconds() + "; use 1 to 3600");
    tokensFit("account", rateLimits.account(), maxSends, maxInputTokens, maxOutputTokens);
    tokensFit("user", rateLimits.user(), maxSends, maxInputTokens, maxOutputTokens);
    require(
        datasources.stream().map(DatasourceRule::name).distinct().count() == datasources.size(),
        "two datasources have the same name");
  }

  private static void tokensFit(
      String whose, RateLimit limit, int maxSends, int maxInputTokens, int maxOutputTokens) {
    long one = Pace.tokens(maxSends, maxInputTokens, maxOutputTokens);
    require(
        limit.tokensPerMinute().orElse(one) >= one,
        "rateLimits.%s.tokensPerMinute is %d and one request may use %d; allow at least that"
            .formatted(whose, limit.tokensPerMinute().orElse(one), one));
  }

  private static boolean in(int value, int max) {
    return value >= 1 && value <= max;
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  /** The same under another version. */
  public Policy version(long changed) {
    return new Policy(
        account,
        changed,
        zone,
        currency,
        budgets,
        models,
        maxInputTokens,
        maxOutputTokens,
        maxSends,
        deadline,
        datasources,
        paused,
        rateLimits,
        prices,
        routing,
        storedTexts);
  }

  /** The rule for that budget; empty where it has none. */
  public Optional<BudgetRule> budget(BudgetKey key) {
    return BudgetSelection.rule(this, key.scope(), key.scopeKey(), key.periodKind());
  }

  /** The datasource of that name; the first one for none. */
  public Optional<DatasourceRule> datasource(Optional<String> name) {
    if (name.isEmpty()) {
      return Optional.of(datasources.getFirst());
    }
    for (DatasourceRule rule : datasources) {
      if (rule.name().equals(name.get())) {
        return Optional.of(rule);
      }
    }
    return Optional.empty();
  }
}
