package io.querytrail.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.querytrail.audit.prices.ModelLine;
import io.querytrail.events.AccountPolicy;
import io.querytrail.events.Budget;
import io.querytrail.events.BudgetKind;
import io.querytrail.events.BudgetPeriod;
import io.querytrail.events.BudgetRollover;
import io.querytrail.events.BudgetScope;
import io.querytrail.events.DatasourcePolicy;
import io.querytrail.events.ModelCandidate;
import io.querytrail.events.RateLimit;
import io.querytrail.events.RateLimits;
import io.querytrail.events.RoutingMode;
import io.querytrail.events.RoutingPolicy;
import io.querytrail.events.TextStorage;
import io.querytrail.safety.SafetyPolicy;
import io.querytrail.safety.SafetyPolicyReader;
import io.querytrail.safety.UnusablePolicyException;
import io.querytrail.schemas.RequestRules;
import io.querytrail.service.Problems;
import io.querytrail.service.ValidConfig;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An account's policy as people write it: one YAML document. */
record AccountFile(
    String account,
    @Nullable String displayName,
    @Nullable String timeZone,
    @Nullable String currency,
    List<BudgetLine> budgets,
    List<Model> models,
    @Nullable Tokens tokens,
    @Nullable Integer maxSends,
    @Nullable Integer deadlineSeconds,
    List<Datasource> datasources,
    @Nullable Boolean paused,
    @Nullable RateLimitLines rateLimits,
    @Nullable Map<String, ModelLine> prices,
    @Nullable RoutingLines routing,
    @Nullable String storedTexts)
    implements ValidConfig {
  private static final Set<String> STORED_TEXTS = Set.of("clear", "redacted", "hashed");
  private static final int MONEY_SCALE = 12;
  private static final int MAX_WHOLE_DIGITS = 16;
  private static final int DEFAULT_MAX_SENDS = 3;
  private static final int DEFAULT_DEADLINE_SECONDS = 120;

  /** One budget. */
  record BudgetLine(
      String scope,
      @Nullable String key,
      String period,
      BigDecimal limit,
      @Nullable String kind,
      @Nullable List<Integer> thresholds,
      @Nullable String rollover,
      @Nullable BigDecimal rolloverCap)
      implements ValidConfig {
    private static final Set<String> SCOPES =
        Set.of("account", "team", "user", "datasource", "model");
    private static final Set<String> PERIODS = Set.of("day", "month", "total");
    private static final Set<String> KINDS = Set.of("hard", "soft");
    private static final Set<String> ROLLOVERS = Set.of("none", "unused");

    @Override
    public void check(Problems problems) {
      oneOf(problems, "scope", scope, SCOPES);
      problems.require(
          !"model".equalsIgnoreCase(scope)
              || key == null
              || key.equals("*")
              || key.indexOf(':') > 0,
          "key",
          "is '" + key + "'; use provider:model, or leave it out for one budget each");
      oneOf(problems, "period", period, PERIODS);
      oneOf(problems, "kind", kind == null ? "hard" : kind, KINDS);
      problems.required("limit", limit);
      if (limit != null) {
        problems.require(limit.signum() >= 0, "limit", "is " + limit + "; use 0 or more");
        problems.require(
            limit.stripTrailingZeros().scale() <= MONEY_SCALE
                && (long) limit.precision() - limit.scale() <= MAX_WHOLE_DIGITS,
            "limit",
            "is " + limit + "; use at most 16 digits and 12 decimals");
      }
      oneOf(problems, "rollover", rollover(), ROLLOVERS);
      problems.require(
          !(rollover().equalsIgnoreCase("unused") && "total".equalsIgnoreCase(period)),
          "rollover",
          "is 'unused'; a budget in total has no next period to roll over into");
      problems.require(
          rolloverCap == null || rollover().equalsIgnoreCase("unused"),
          "rolloverCap",
          "is given without rollover: unused");
      problems.require(
          rolloverCap == null
              || (rolloverCap.signum() > 0
                  && rolloverCap.stripTrailingZeros().scale() <= MONEY_SCALE
                  && (long) rolloverCap.precision() - rolloverCap.scale() <= MAX_WHOLE_DIGITS),
          "rolloverCap",
          "is " + rolloverCap + "; use more than 0, at most 16 digits and 12 decimals");
      if (thresholds != null) {
        problems.require(
            thresholds.stream()
                .allMatch(percent -> percent != null && percent >= 1 && percent <= 1_000),
            "thresholds",
            "is " + thresholds + "; use percents of 1 to 1000");
      }
    }

    Budget event() {
      return Budget.newBuilder()
          .setScope(BudgetScope.valueOf(upper(scope)))
          .setScopeKey(key == null ? "*" : key)
          .setPeriod(BudgetPeriod.valueOf(upper(period)))
          .setLimit(limit.setScale(MONEY_SCALE, RoundingMode.UNNECESSARY))
          .setKind(BudgetKind.valueOf(upper(kind == null ? "hard" : kind)))
          .setThresholds(thresholds == null ? List.of() : thresholds)
          .setRollover(BudgetRollover.valueOf(upper(rollover())))
          .setRolloverCap(
              (rolloverCap == null ? BigDecimal.ZERO : rolloverCap)
                  .setScale(MONEY_SCALE, RoundingMode.UNNECESSARY))
          .build();
    }

    @Override
    public String rollover() {
      return rollover == null ? "none" : rollover;
    }
  }

  /** How fast requests may come. */
  record RateLimitLines(@Nullable RateLimitLine account, @Nullable RateLimitLine user)
      implements ValidConfig {
    @Override
    public void check(Problems problems) {
      if (account != null) {
        problems.nested("account", account);
      }
      if (user != null) {
        problems.nested("user", user);
      }
    }

    RateLimits event() {
      return new RateLimits(
          account == null ? null : account.event(), user == null ? null : user.event());
    }
  }

  /** How fast the account, or each user, may ask; what is left out is not bounded. */
  record RateLimitLine(
      @Nullable Integer requestsPerMinute,
      @Nullable Long tokensPerMinute,
      @Nullable Integer inFlight)
      implements ValidConfig {
    @Override
    public void check(Problems problems) {
      positive(problems, "requestsPerMinute", requestsPerMinute);
      positive(problems, "tokensPerMinute", tokensPerMinute);
      positive(problems, "inFlight", inFlight);
    }

    private static void positive(Problems problems, String key, @Nullable Number value) {
      problems.require(
          value == null || value.longValue() > 0, key, "is " + value + "; use 1 or more");
    }

    RateLimit event() {
      return new RateLimit(requestsPerMinute, tokensPerMinute, inFlight);
    }
  }

  /** One model that may be called. */
  record Model(String provider, String model, @Nullable String tier) implements ValidConfig {
    @Override
    public void check(Problems problems) {
      problems.required("provider", provider);
      problems.required("model", model);
      oneOf(problems, "tier", tier == null ? "cheap" : tier, Set.of("cheap", "strong"));
    }
  }

  /**
   * How questions are routed among cheap and strong models; docs/routing.md tells the rules.
   *
   * @param by "question", "order", "cheap" or "strong"
   * @param honourPreferredTier whether a request may choose the tier, by default true
   * @param strongWords in place of the built-in ones
   * @param cheapWords in place of the built-in ones
   */
  record RoutingLines(
      @Nullable String by,
      @Nullable Boolean honourPreferredTier,
      @Nullable List<String> strongWords,
      @Nullable List<String> cheapWords)
      implements ValidConfig {
    private static final Set<String> MODES = Set.of("question", "order", "cheap", "strong");
    private static final int MAX_WORDS = 200;
    private static final int MAX_LENGTH = 60;

    @Override
    public void check(Problems problems) {
      oneOf(problems, "by", by == null ? "question" : by, MODES);
      words(problems, "strongWords", strongWords);
      words(problems, "cheapWords", cheapWords);
    }

    private static void words(Problems problems, String key, @Nullable List<String> words) {
      if (words == null) {
        return;
      }
      problems.require(
          words.size() <= MAX_WORDS,
          key,
          "has " + words.size() + " entries; use at most " + MAX_WORDS);
      for (int i = 0; i < words.size(); i++) {
        String word = words.get(i);
        problems.require(
            word != null && !word.isBlank() && word.length() <= MAX_LENGTH,
            key + "[" + i + "]",
            "is '" + word + "'; use 1 to " + MAX_LENGTH + " characters");
      }
    }

    RoutingPolicy event() {
      return RoutingPolicy.newBuilder()
          .setMode(RoutingMode.valueOf(upper(by == null ? "question" : by)))
          .setHonourPreferredTier(!Boolean.FALSE.equals(honourPreferredTier))
          .setStrongWords(strongWords)
          .setCheapWords(cheapWords)
          .build();
    }
  }

  /** Ceilings of one model call. Unit: tokens. */
  record Tokens(int maxInput, int maxOutput) implements ValidConfig {
    @Override
    public void check(Problems problems) {
      problems.require(maxInput > 0, "maxInput", "is " + maxInput + "; use 1 or more");
      problems.require(maxOutput > 0, "maxOutput", "is " + maxOutput + "; use 1 or more");
    }
  }

  /**
   * One database that may be asked, and what of it.
   *
   * @param schemas and {@code rowCap} are short for the keys of that name in {@code safety}
   * @param safety in the format of {@link SafetyPolicyReader}
   */
  record Datasource(
      String name,
      @Nullable List<String> schemas,
      @Nullable Integer rowCap,
      @Nullable ObjectNode safety)
      implements ValidConfig {
    @Override
    public void check(Problems problems) {
      problems.required("name", name);
      boolean twice = safety != null && schemas != null && safety.has("schemas");
      problems.require(!twice, "schemas", "is given here and in safety; use one of them");
      boolean cappedTwice = safety != null && rowCap != null && safety.has("rowCap");
      problems.require(!cappedTwice, "rowCap", "is given here and in safety; use one of them");
      try {
        policy();
      } catch (UnusablePolicyException e) {
        e.problems().forEach(problem -> add(problems, problem));
      }
    }

    /** The short keys are named where they stand, beside {@code safety} and not in it. */
    private void add(Problems problems, String problem) {
      int colon = problem.indexOf(':');
      String key = problem.substring(0, colon);
      boolean isShort = key.equals("schemas") || key.equals("rowCap");
      boolean inSafety = safety != null && (!isShort || safety.has(key));
      problems.add(inSafety ? "safety." + key : key, problem.substring(colon + 1).strip());
    }

    SafetyPolicy policy() {
      ObjectNode document = safety == null ? Json.object() : safety.deepCopy();
      if (schemas != null) {
        schemas.forEach(document.withArray("schemas")::add);
      }
      if (rowCap != null) {
        document.put("rowCap", rowCap);
      }
      return SafetyPolicyReader.read(document);
    }

    private DatasourcePolicy event() {
      SafetyPolicy policy = policy();
      return DatasourcePolicy.newBuilder()
          .setName(name)
          .setSchemas(policy.schemas())
          .setRowCap(policy.rowCap())
          .setAllowRelations(policy.tables().allow())
          .setDenyRelations(policy.tables().deny())
          .setAllowColumns(policy.columns().allow())
          .setDenyColumns(policy.columns().deny())
          .setCostCap(orNull(policy.costCap()))
          .setPlanRowsCap(orNull(policy.planRowsCap()))
          .setExtraFunctions(policy.extraFunctions().stream().sorted().toList())
          .setRuleSeverities(severities(policy))
          .build();
    }

    private static @Nullable Double orNull(OptionalDouble value) {
      return value.isPresent() ? value.getAsDouble() : null;
    }

    private static Map<String, String> severities(SafetyPolicy policy) {
      return policy.ruleSeverities().entrySet().stream()
          .collect(
              Collectors.toMap(
                  Map.Entry::getKey, rule -> rule.getValue().name().toLowerCase(Locale.ROOT)));
    }
  }

  @Override
  public void check(Problems problems) {
    problems.required("account", account);
    problems.require(
        account == null || RequestRules.isId(account),
        "account",
        "is '" + account + "'; use 1 to 64 characters of A-Z a-z 0-9 . _ : -");
    try {
      ZoneId.of(timeZone());
    } catch (DateTimeException e) {
      problems.add("timeZone", "is '" + timeZone + "'; use an IANA name such as Europe/Vienna");
    }
    try {
      Currency.getInstance(currency());
    } catch (IllegalArgumentException e) {
      problems.add("currency", "is '" + currency + "'; use an ISO 4217 code such as USD");
    }
    problems.each("budgets", budgets);
    problems.each("models", models);
    problems.require(models == null || !models.isEmpty(), "models", "names no model");
    if (tokens != null) {
      problems.nested("tokens", tokens);
    }
    problems.require(
        maxSends == null || (maxSends >= 1 && maxSends <= 20),
        "maxSends",
        "is " + maxSends + "; use 1 to 20");
    problems.require(
        deadlineSeconds == null || (deadlineSeconds >= 1 && deadlineSeconds <= 3_600),
        "deadlineSeconds",
        "is " + deadlineSeconds + "; use 1 to 3600");
    if (rateLimits != null) {
      problems.nested("rateLimits", rateLimits);
      tokensFit(problems, "account", rateLimits.account());
      tokensFit(problems, "user", rateLimits.user());
    }
    if (prices != null) {
      OwnPrices.check(problems, prices);
    }
    if (routing != null) {
      problems.nested("routing", routing);
    }
    if (storedTexts != null) {
      oneOf(problems, "storedTexts", storedTexts, STORED_TEXTS);
    }
    problems.each("datasources", datasources);
    problems.require(
        datasources == null || !datasources.isEmpty(), "datasources", "names no datasource");
  }

  /** A bound below what one request may use would refuse every request. */
  private void tokensFit(Problems problems, String whose, @Nullable RateLimitLine line) {
    Tokens ceilings = ceilings();
    long one = (long) sends() * ((long) ceilings.maxInput() + ceilings.maxOutput());
    Long limit = line == null ? null : line.tokensPerMinute();
    problems.require(
        limit == null || limit >= one,
        "rateLimits." + whose + ".tokensPerMinute",
        "is %s and one request may use %d (maxSends x tokens); use at least that"
            .formatted(limit, one));
  }

  private Tokens ceilings() {
    return tokens == null ? new Tokens(8_000, 1_000) : tokens;
  }

  private int sends() {
    return maxSends == null ? DEFAULT_MAX_SENDS : maxSends;
  }

  @Override
  public String timeZone() {
    return timeZone == null ? "UTC" : timeZone;
  }

  @Override
  public String currency() {
    return currency == null ? "USD" : currency;
  }

  /** The same policy with one model in place of its own. */
  AccountFile withModel(String provider, String model) {
    return new AccountFile(
        account,
        displayName,
        timeZone,
        currency,
        budgets,
        List.of(new Model(provider, model, null)),
        tokens,
        maxSends,
        deadlineSeconds,
        datasources,
        paused,
        rateLimits,
        prices,
        routing,
        storedTexts);
  }

  /** The policy event of that version. */
  AccountPolicy event(long version) {
    Tokens ceilings = ceilings();
    return AccountPolicy.newBuilder()
        .setAccount(account)
        .setVersion(version)
        .setDisplayName(displayName)
        .setTimeZone(timeZone())
        .setCurrency(currency())
        .setBudgets(budgets.stream().map(BudgetLine::event).toList())
        .setModels(
            models.stream()
                .map(model ->
                    new ModelCandidate(
                        model.provider(),
                        model.model(),
                        model.tier() == null ? "cheap" : model.tier()))
                .toList())
        .setMaxInputTokens(ceilings.maxInput())
        .setMaxOutputTokens(ceilings.maxOutput())
        .setMaxSends(sends())
        .setDeadlineSeconds(deadlineSeconds == null ? DEFAULT_DEADLINE_SECONDS : deadlineSeconds)
        .setDatasources(datasources.stream().map(Datasource::event).toList())
        .setPaused(Boolean.TRUE.equals(paused))
        .setRateLimits(rateLimits == null ? null : rateLimits.event())
        .setPrices(prices == null ? List.of() : OwnPrices.events(prices))
        .setRouting(routing == null ? null : routing.event())
        .setStoredTexts(
            storedTexts == null ? TextStorage.CLEAR : TextStorage.valueOf(upper(storedTexts)))
        .build();
  }

  private static void oneOf(
      Problems problems, String key, @Nullable String value, Set<String> allowed) {
    problems.require(
        value != null && allowed.contains(value.toLowerCase(Locale.ROOT)),
        key,
        value == null ? "is missing" : "is '" + value + "'; use one of " + new TreeSet<>(allowed));
  }

  private static String upper(String value) {
    return value.toUpperCase(Locale.ROOT);
  }
}
