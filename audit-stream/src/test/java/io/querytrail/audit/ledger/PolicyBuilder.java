package io.querytrail.audit.ledger;

import io.querytrail.audit.money.ModelPrice;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/** Policies that differ from a usual one, or from another, in what a test is about. */
public final class PolicyBuilder {
  private AccountId account = new AccountId("acme");
  private long version = 1;
  private ZoneId zone = ZoneId.of("UTC");
  private String currency = "USD";
  private List<BudgetRule> budgets = List.of();
  private List<Candidate> models = List.of(new Candidate("test", "cheap", "cheap"));
  private int maxInputTokens = 1_000;
  private int maxOutputTokens = 1_000;
  private int maxSends = 3;
  private Duration deadline = Duration.ofMinutes(2);
  private List<DatasourceRule> datasources = List.of(datasource("shop"), datasource("crm"));
  private boolean paused;
  private RateLimits rateLimits = RateLimits.NONE;
  private Map<String, ModelPrice> prices = Map.of();
  private Routing routing = Routing.DEFAULTS;

  public PolicyBuilder() {}

  PolicyBuilder(Policy policy) {
    account = policy.account();
    version = policy.version();
    zone = policy.zone();
    currency = policy.currency();
    budgets = policy.budgets();
    models = policy.models();
    maxInputTokens = policy.maxInputTokens();
    maxOutputTokens = policy.maxOutputTokens();
    maxSends = policy.maxSends();
    deadline = policy.deadline();
    datasources = policy.datasources();
    paused = policy.paused();
    rateLimits = policy.rateLimits();
    prices = policy.prices();
    routing = policy.routing();
  }

  private static DatasourceRule datasource(String name) {
    return new DatasourceRule(name, List.of("public"), 1_000, SafetyRules.NONE);
  }

  PolicyBuilder account(AccountId value) {
    account = value;
    return this;
  }

  public PolicyBuilder version(long value) {
    version = value;
    return this;
  }

  PolicyBuilder zone(String value) {
    zone = ZoneId.of(value);
    return this;
  }

  PolicyBuilder currency(String value) {
    currency = value;
    return this;
  }

  PolicyBuilder budgets(List<BudgetRule> value) {
    budgets = value;
    return this;
  }

  PolicyBuilder models(List<Candidate> value) {
    models = value;
    return this;
  }

  PolicyBuilder ceilings(int inputTokens, int outputTokens, int sends) {
    maxInputTokens = inputTokens;
    maxOutputTokens = outputTokens;
    maxSends = sends;
    return this;
  }

  PolicyBuilder paused(boolean value) {
    paused = value;
    return this;
  }

  PolicyBuilder rateLimits(RateLimits value) {
    rateLimits = value;
    return this;
  }

  PolicyBuilder prices(Map<String, ModelPrice> value) {
    prices = value;
    return this;
  }

  PolicyBuilder routing(Routing value) {
    routing = value;
    return this;
  }

  public Policy build() {
    return new Policy(
        account,
        version,
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
        TextStorage.CLEAR);
  }
}
