package io.querytrail.audit.topology;

import io.querytrail.audit.chain.ChainContent;
import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.Attempt;
import io.querytrail.audit.ledger.BudgetRule;
import io.querytrail.audit.ledger.BudgetScope;
import io.querytrail.audit.ledger.Candidate;
import io.querytrail.audit.ledger.DatasourceRule;
import io.querytrail.audit.ledger.Period;
import io.querytrail.audit.ledger.Policy;
import io.querytrail.audit.ledger.RateLimit;
import io.querytrail.audit.ledger.RateLimits;
import io.querytrail.audit.ledger.Request;
import io.querytrail.audit.ledger.RequestId;
import io.querytrail.audit.ledger.Requester;
import io.querytrail.audit.ledger.Rollover;
import io.querytrail.audit.ledger.Routing;
import io.querytrail.audit.ledger.SafetyRules;
import io.querytrail.audit.ledger.TextStorage;
import io.querytrail.audit.money.ClassPrices;
import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.TokenCounts;
import io.querytrail.audit.verdict.GeneratedSql;
import io.querytrail.events.AccountPolicy;
import io.querytrail.events.Budget;
import io.querytrail.events.BudgetPeriod;
import io.querytrail.events.DatasourcePolicy;
import io.querytrail.events.ModelAttempt;
import io.querytrail.events.OwnPrice;
import io.querytrail.events.QueryGenerated;
import io.querytrail.events.QueryRequested;
import io.querytrail.events.RequesterContext;
import io.querytrail.events.RoutingPolicy;
import io.querytrail.events.TokenPrices;
import io.querytrail.events.TokenUsage;
import io.querytrail.schemas.RequestRules;
import io.querytrail.schemas.TraceParent;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** From events to what the ledger and the safety check understand. */
final class InboundMapper {
  /** Used where a budget states none. Unit: percent. */
  private static final List<Integer> DEFAULT_THRESHOLDS = List.of(50, 80, 90, 100);

  private static final int MAX_NAME = 128;
  private static final int MAX_TAGS = 16;

  private InboundMapper() {}

  /**
   * The request as far as it can be kept: over-long texts are cut, so that even a refusal fits
   * everywhere.
   */
  static Request request(
      QueryRequested event, Instant at, int partition, long offset, Optional<TraceParent> trace) {
    TreeMap<String, String> tags = new TreeMap<>();
    event.getTags().entrySet().stream()
        .limit(MAX_TAGS)
        .forEach(tag -> tags.put(cut(tag.getKey(), MAX_NAME), cut(tag.getValue(), MAX_NAME)));
    return new Request(
        new AccountId(event.getAccount()),
        new RequestId(event.getRequestId()),
        cut(event.getUser(), MAX_NAME),
        optional(event.getTeam()),
        optional(event.getDatasource()),
        optional(event.getPreferredTier()),
        cut(event.getQuestion(), RequestRules.MAX_QUESTION),
        Optional.ofNullable(event.getContext()).map(InboundMapper::requester),
        tags,
        digest(event),
        trace.map(TraceParent::traceId),
        at,
        partition,
        offset);
  }

  private static Requester requester(RequesterContext context) {
    return new Requester(
        Optional.ofNullable(context.getRole()),
        Optional.ofNullable(context.getLocale()),
        Optional.ofNullable(context.getTimeZone()),
        context.getTerms());
  }

  /** The same for the same content, whatever order the producer's maps were in. */
  private static String digest(QueryRequested event) {
    ChainContent content =
        new ChainContent()
            .value("user", event.getUser())
            .value("team", Optional.ofNullable(event.getTeam()))
            .value("datasource", Optional.ofNullable(event.getDatasource()))
            .value("question", event.getQuestion())
            .value("tier", Optional.ofNullable(event.getPreferredTier()));
    map(content, "tag", event.getTags());
    if (event.getContext() != null) {
      content
          .value("role", Optional.ofNullable(event.getContext().getRole()))
          .value("locale", Optional.ofNullable(event.getContext().getLocale()))
          .value("zone", Optional.ofNullable(event.getContext().getTimeZone()));
      map(content, "term", event.getContext().getTerms());
    }
    return content.digest();
  }

  /** Entry by entry: printed as a whole, two maps could look the same. */
  private static void map(ChainContent content, String name, Map<String, String> map) {
    new TreeMap<>(map).forEach((key, value) -> content.value(name, key).value("is", value));
  }

  static Attempt attempt(ModelAttempt event) {
    return new Attempt(
        event.getProvider(),
        event.getModel(),
        event.getSent(),
        Optional.ofNullable(event.getUsage()).flatMap(InboundMapper::tokens),
        optional(event.getHttpStatus()),
        event.getBatch());
  }

  /** What was not reported is not known; a report that contradicts itself is worth no more. */
  static Optional<TokenCounts> tokens(TokenUsage usage) {
    if (usage.getInputTokens() == null || usage.getOutputTokens() == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new TokenCounts(
              usage.getInputTokens(),
              orZero(usage.getCachedInputTokens()),
              orZero(usage.getCacheWriteTokens()),
              usage.getOutputTokens(),
              orZero(usage.getReasoningTokens())));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** A part that is not known is priced with its whole. */
  private static long orZero(@Nullable Long part) {
    return part == null ? 0 : part;
  }

  static GeneratedSql generated(QueryGenerated event) {
    return new GeneratedSql(
        event.getSql(),
        event.getRelations().stream()
            .map(relation ->
                new GeneratedSql.Relation(
                    relation.getSchemaName(),
                    relation.getName(),
                    relation.getColumns().stream()
                        .map(column -> new GeneratedSql.Column(column.getName(), column.getType()))
                        .toList()))
            .toList(),
        Optional.ofNullable(event.getPlan())
            .map(plan -> new GeneratedSql.Plan(plan.getTotalCost(), plan.getRows())));
  }

  /**
   * @throws IllegalArgumentException when the policy cannot work; the message says what is wrong
   *     with it
   */
  static Policy policy(AccountPolicy event) {
    return new Policy(
        new AccountId(event.getAccount()),
        event.getVersion(),
        zone(event.getTimeZone()),
        currency(event.getCurrency()),
        event.getBudgets().stream().map(InboundMapper::budget).toList(),
        event.getModels().stream()
            .map(model -> new Candidate(model.getProvider(), model.getModel(), model.getTier()))
            .toList(),
        event.getMaxInputTokens(),
        event.getMaxOutputTokens(),
        event.getMaxSends(),
        Duration.ofSeconds(event.getDeadlineSeconds()),
        event.getDatasources().stream().map(InboundMapper::datasource).toList(),
        event.getPaused(),
        limits(event.getRateLimits()),
        prices(event.getPrices()),
        routing(event.getRouting()),
        switch (event.getStoredTexts()) {
          case CLEAR -> TextStorage.CLEAR;
          case REDACTED -> TextStorage.REDACTED;
          case HASHED -> TextStorage.HASHED;
          case UNKNOWN ->
              throw new IllegalArgumentException(
                  "storedTexts is not known to this release; use CLEAR, REDACTED or HASHED");
        });
  }

  private static Map<String, ModelPrice> prices(List<OwnPrice> prices) {
    Map<String, ModelPrice> byModel = new TreeMap<>();
    for (OwnPrice price : prices) {
      String key = price.getProvider() + ':' + price.getModel();
      try {
        if (byModel.put(key, price(price)) != null) {
          throw new IllegalArgumentException("is there twice");
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("the price of " + key + ": " + e.getMessage(), e);
      }
    }
    return byModel;
  }

  private static ModelPrice price(OwnPrice price) {
    return new ModelPrice(
        prices(price.getPrices()),
        price.getTiers().stream()
            .map(tier -> new ModelPrice.Tier(tier.getAboveInputTokens(), prices(tier.getPrices())))
            .toList(),
        price.getBatchDiscountPercent());
  }

  private static ClassPrices prices(TokenPrices prices) {
    return new ClassPrices(
        prices.getInput(),
        prices.getCachedInput(),
        prices.getCacheWrite(),
        prices.getOutput(),
        prices.getReasoning());
  }

  private static RateLimits limits(io.querytrail.events.@Nullable RateLimits limits) {
    return limits == null
        ? RateLimits.NONE
        : new RateLimits(limit(limits.getAccount()), limit(limits.getUser()));
  }

  private static RateLimit limit(io.querytrail.events.@Nullable RateLimit limit) {
    return limit == null
        ? RateLimit.NONE
        : new RateLimit(
            optional(limit.getRequestsPerMinute()),
            limit.getTokensPerMinute() == null
                ? OptionalLong.empty()
                : OptionalLong.of(limit.getTokensPerMinute()),
            optional(limit.getInFlight()));
  }

  static OptionalInt optional(@Nullable Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }

  private static Routing routing(@Nullable RoutingPolicy routing) {
    return routing == null
        ? Routing.DEFAULTS
        : new Routing(
            switch (routing.getMode()) {
              case QUESTION -> Routing.Mode.QUESTION;
              case ORDER -> Routing.Mode.ORDER;
              case CHEAP -> Routing.Mode.CHEAP;
              case STRONG -> Routing.Mode.STRONG;
              case UNKNOWN ->
                  throw new IllegalArgumentException("routing has a mode that is not known here");
            },
            routing.getHonourPreferredTier(),
            Optional.ofNullable(routing.getStrongWords()),
            Optional.ofNullable(routing.getCheapWords()));
  }

  private static BudgetRule budget(Budget budget) {
    return new BudgetRule(
        scope(budget.getScope()),
        budget.getScopeKey(),
        period(budget.getPeriod()),
        new Money(budget.getLimit()),
        switch (budget.getKind()) {
          case HARD -> true;
          case SOFT -> false;
          case UNKNOWN ->
              throw new IllegalArgumentException("a budget has a kind that is not known here");
        },
        budget.getThresholds().isEmpty() ? DEFAULT_THRESHOLDS : budget.getThresholds(),
        rollover(budget));
  }

  private static Optional<Rollover> rollover(Budget budget) {
    return switch (budget.getRollover()) {
      case NONE -> Optional.empty();
      case UNUSED ->
          Optional.of(
              new Rollover(
                  budget.getRolloverCap().signum() == 0
                      ? Optional.empty()
                      : Optional.of(new Money(budget.getRolloverCap()))));
      case UNKNOWN ->
          throw new IllegalArgumentException("a budget has a rollover that is not known here");
    };
  }

  static Period.Kind period(BudgetPeriod period) {
    return switch (period) {
      case DAY -> Period.Kind.DAY;
      case MONTH -> Period.Kind.MONTH;
      case TOTAL -> Period.Kind.TOTAL;
      case UNKNOWN ->
          throw new IllegalArgumentException("a budget has a period that is not known here");
    };
  }

  static BudgetScope scope(io.querytrail.events.BudgetScope scope) {
    return switch (scope) {
      case ACCOUNT -> BudgetScope.ACCOUNT;
      case TEAM -> BudgetScope.TEAM;
      case USER -> BudgetScope.USER;
      case DATASOURCE -> BudgetScope.DATASOURCE;
      case MODEL -> BudgetScope.MODEL;
      case UNKNOWN ->
          throw new IllegalArgumentException("a budget has a scope that is not known here");
    };
  }

  private static DatasourceRule datasource(DatasourcePolicy datasource) {
    return new DatasourceRule(
        datasource.getName(),
        datasource.getSchemas(),
        datasource.getRowCap(),
        new SafetyRules(
            datasource.getAllowRelations(),
            datasource.getDenyRelations(),
            datasource.getAllowColumns(),
            datasource.getDenyColumns(),
            optional(datasource.getCostCap()),
            optional(datasource.getPlanRowsCap()),
            Set.copyOf(datasource.getExtraFunctions()),
            datasource.getRuleSeverities()));
  }

  private static ZoneId zone(String id) {
    try {
      return ZoneId.of(id);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "timeZone is '" + id + "'; use an IANA name such as Europe/Vienna", e);
    }
  }

  private static String currency(String code) {
    try {
      return Currency.getInstance(code).getCurrencyCode();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "currency is '" + code + "'; use an ISO 4217 code such as USD", e);
    }
  }

  private static Optional<String> optional(@Nullable String text) {
    return Optional.ofNullable(text).map(value -> cut(value, MAX_NAME));
  }

  private static OptionalDouble optional(@Nullable Double value) {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /** PostgreSQL's text cannot hold NUL. */
  static String cut(String text, int max) {
    boolean splitsCharacter =
        text.length() > max && Character.isHighSurrogate(text.charAt(max - 1));
    String cut = text.length() <= max ? text : text.substring(0, splitsCharacter ? max - 1 : max);
    return cut.replace('\0', '\uFFFD');
  }
}
