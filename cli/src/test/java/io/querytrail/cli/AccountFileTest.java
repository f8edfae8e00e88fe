package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

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
import io.querytrail.service.ConfigException;
import io.querytrail.service.ConfigFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AccountFileTest {
  private static final String SMALLEST =
      """
      account: acme
      budgets: []
      models: [{provider: openai, model: gpt-4o-mini}]
      datasources: [{name: shop, schemas: [shop]}]
      """;

  private static AccountFile parse(String yaml) {
    return ConfigFile.parse(yaml, AccountFile.class, Map.of(), "acme.yaml");
  }

  @Test
  void fillsInWhatSmallestFileLeavesOut() {
    AccountPolicy policy = parse(SMALLEST).event(7);

    assertThat(policy.getAccount()).isEqualTo("acme");
    assertThat(policy.getVersion()).isEqualTo(7);
    assertThat(policy.getTimeZone()).isEqualTo("UTC");
    assertThat(policy.getCurrency()).isEqualTo("USD");
    assertThat(policy.getBudgets()).isEmpty();
    assertThat(policy.getModels())
        .containsExactly(new ModelCandidate("openai", "gpt-4o-mini", "cheap"));
    assertThat(policy.getMaxInputTokens()).isEqualTo(8_000);
    assertThat(policy.getMaxOutputTokens()).isEqualTo(1_000);
    assertThat(policy.getMaxSends()).isEqualTo(3);
    assertThat(policy.getDeadlineSeconds()).isEqualTo(120);
    assertThat(policy.getPaused()).isFalse();
    assertThat(policy.getDatasources())
        .singleElement()
        .extracting(DatasourcePolicy::getRowCap)
        .isEqualTo(1_000);
  }

  @Test
  void takesOverEverythingThatFullFileSays() {
    AccountPolicy policy =
        parse(
                """
                account: acme
                displayName: Acme Retail
                timeZone: Europe/Vienna
                currency: EUR
                budgets:
                  - {scope: Team, key: sales, period: DAY, limit: 0.000000000001, kind: soft, thresholds: [80, 120], rollover: unused, rolloverCap: 2.5}
                models:
                  - {provider: local, model: small, tier: strong}
                tokens: {maxInput: 1, maxOutput: 2}
                maxSends: 20
                deadlineSeconds: 3600
                rateLimits: {account: {requestsPerMinute: 1, tokensPerMinute: 60}, user: {inFlight: 2}}
                paused: true
                datasources:
                  - name: shop
                    schemas: [shop, sales]
                    rowCap: 5
                    safety:
                      tables: {allow: [shop.*], deny: [shop.payments]}
                      columns: {allow: [shop.customers.*], deny: [email]}
                      costCap: 1000.5
                      planRowsCap: 10
                      extraFunctions: [similarity]
                      rules: {CROSS_JOIN: warn}
                """)
            .event(1);

    assertThat(policy.getDisplayName()).isEqualTo("Acme Retail");
    assertThat(policy.getTimeZone()).isEqualTo("Europe/Vienna");
    assertThat(policy.getCurrency()).isEqualTo("EUR");
    Budget budget = policy.getBudgets().getFirst();
    assertThat(budget.getScope()).isEqualTo(BudgetScope.TEAM);
    assertThat(budget.getScopeKey()).isEqualTo("sales");
    assertThat(budget.getPeriod()).isEqualTo(BudgetPeriod.DAY);
    assertThat(budget.getLimit()).isEqualByComparingTo("0.000000000001");
    assertThat(budget.getKind()).isEqualTo(BudgetKind.SOFT);
    assertThat(budget.getThresholds()).containsExactly(80, 120);
    assertThat(budget.getRollover()).isEqualTo(BudgetRollover.UNUSED);
    assertThat(budget.getRolloverCap()).isEqualByComparingTo("2.5");
    assertThat(policy.getMaxInputTokens()).isEqualTo(1);
    assertThat(policy.getMaxOutputTokens()).isEqualTo(2);
    assertThat(policy.getMaxSends()).isEqualTo(20);
    assertThat(policy.getDeadlineSeconds()).isEqualTo(3_600);
    assertThat(policy.getPaused()).isTrue();
    DatasourcePolicy datasource = policy.getDatasources().getFirst();
    assertThat(datasource.getSchemas()).containsExactly("shop", "sales");
    assertThat(datasource.getAllowRelations()).containsExactly("shop.*");
    assertThat(datasource.getDenyRelations()).containsExactly("shop.payments");
    assertThat(datasource.getAllowColumns()).containsExactly("shop.customers.*");
    assertThat(datasource.getDenyColumns()).containsExactly("email");
    assertThat(policy.getRateLimits())
        .isEqualTo(new RateLimits(new RateLimit(1, 60L, null), new RateLimit(null, null, 2)));
    assertThat(datasource.getCostCap()).isEqualTo(1_000.5);
    assertThat(datasource.getPlanRowsCap()).isEqualTo(10);
    assertThat(datasource.getExtraFunctions()).containsExactly("similarity");
    assertThat(datasource.getRuleSeverities()).containsExactly(Map.entry("CROSS_JOIN", "warn"));
  }

  @Test
  void readsTheExample() {
    AccountFile example =
        ConfigFile.load(Path.of("..", "examples", "account.yaml"), AccountFile.class, Map.of());

    assertThat(example.event(1).getBudgets())
        .extracting(Budget::getScope, Budget::getScopeKey)
        .containsExactly(
            tuple(BudgetScope.ACCOUNT, "*"),
            tuple(BudgetScope.USER, "*"),
            tuple(BudgetScope.MODEL, "openai:gpt-4o-mini"));
  }

  /** Each line of the file, one thing wrong in it, and what is said of it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          account: acme                             | account: ''                        | account: is missing
          account: acme                             | account: a/b                       | account: is 'a/b'; use 1 to 64 characters
          account: acme                             | acount: acme                       | acount: unknown key
          budgets: []                               | budgets: ~                         | budgets: is missing
          budgets: []                               | budgets: [~]                       | budgets[0]: is missing
          budgets: []                               | rateLimits: {account: {requestsPerMinute: 0}} | rateLimits.account.requestsPerMinute: is 0; use 1 or more
          budgets: []                               | rateLimits: {user: {inFlight: -1}} | rateLimits.user.inFlight: is -1; use 1 or more
          budgets: []                               | rateLimits: {user: {tokensPerMinute: 26999}} | rateLimits.user.tokensPerMinute: is 26999 and one request may use 27000
          budgets: []                               | rateLimits: {team: {}} | rateLimits.team: unknown key
          budgets: []                               | budgets: [{period: month, limit: 1}] | budgets[0].scope: is missing
          budgets: []                               | budgets: [{scope: table, period: month, limit: 1}] | budgets[0].scope: is 'table'; use one of [account, datasource, model, team, user]
          budgets: []                               | budgets: [{scope: model, key: gpt-4o, period: month, limit: 1}] | budgets[0].key: is 'gpt-4o'; use provider:model
          budgets: []                               | budgets: [{scope: account, period: week, limit: 1}] | budgets[0].period: is 'week'; use one of [day, month, total]
          budgets: []                               | budgets: [{scope: account, period: day}] | budgets[0].limit: is missing
          budgets: []                               | budgets: [{scope: account, period: day, limit: -0.01}] | budgets[0].limit: is -0.01; use 0 or more
          budgets: []                               | budgets: [{scope: account, period: day, limit: 0.0000000000001}] | budgets[0].limit: is 1E-13; use at most 16 digits and 12 decimals
          budgets: []                               | budgets: [{scope: account, period: day, limit: 10000000000000000}] | budgets[0].limit: is 10000000000000000; use at most
          budgets: []                               | budgets: [{scope: account, period: day, limit: 1e2147483647}] | budgets[0].limit: is 1E+2147483647; use at most
          budgets: []                               | budgets: [{scope: account, period: day, limit: much}] | budgets[0].limit:
          budgets: []                               | budgets: [{scope: account, period: day, limit: 1, kind: firm}] | budgets[0].kind: is 'firm'; use one of [hard, soft]
          budgets: []                               | budgets: [{scope: account, period: day, limit: 1, thresholds: [0]}] | budgets[0].thresholds: is [0]; use percents of 1 to 1000
          budgets: []                               | budgets: [{scope: account, period: day, limit: 1, thresholds: [~]}] | budgets[0].thresholds: is [null]
          budgets: []                               | budgets: [{scope: account, period: day, limit: 1, rollover: all}] | budgets[0].rollover: is 'all'; use one of [none, unused]
          budgets: []                               | budgets: [{scope: account, period: total, limit: 1, rollover: unused}] | budgets[0].rollover: is 'unused'; a budget in total
          budgets: []                               | budgets: [{scope: account, period: day, limit: 1, rolloverCap: 1}] | budgets[0].rolloverCap: is given without rollover
          budgets: []                               | budgets: [{scope: account, period: day, limit: 1, rollover: unused, rolloverCap: 0}] | budgets[0].rolloverCap: is 0; use more than 0
          models: [{provider: openai, model: gpt-4o-mini}] | models: []                  | models: names no model
          models: [{provider: openai, model: gpt-4o-mini}] | models: [{model: m}]        | models[0].provider: is missing
          models: [{provider: openai, model: gpt-4o-mini}] | models: [{provider: p, model: ''}] | models[0].model: is missing
          models: [{provider: openai, model: gpt-4o-mini}] | models: [{provider: p, model: m, tier: best}] | models[0].tier: is 'best'; use one of [cheap, strong]
          datasources: [{name: shop, schemas: [shop]}] | datasources: []                 | datasources: names no datasource
          datasources: [{name: shop, schemas: [shop]}] | datasources: [{schemas: [shop]}] | datasources[0].name: is missing
          datasources: [{name: shop, schemas: [shop]}] | datasources: [{name: shop}]     | datasources[0].schemas: at least one is needed
          datasources: [{name: shop, schemas: [shop]}] | datasources: [{name: shop, schemas: [~]}] | datasources[0].schemas: must hold names
          schemas: [shop]                           | schemas: [shop], rowCap: 0         | datasources[0].rowCap: must be a whole number from 1
          schemas: [shop]                           | schemas: [shop], safety: {costCap: 0} | datasources[0].safety.costCap: must be a number above 0
          schemas: [shop]                           | schemas: [shop], safety: {planRowsCap: -1} | datasources[0].safety.planRowsCap: must be a number above 0
          schemas: [shop]                           | schemas: [shop], safety: {tables: {deny: [a.b.c]}} | datasources[0].safety.tables.deny: 'a.b.c' has too many parts
          schemas: [shop]                           | schemas: [shop], safety: {columns: {allow: [~]}} | datasources[0].safety.columns.allow: must hold names
          schemas: [shop]                           | schemas: [shop], safety: {extraFunctions: ['']} | datasources[0].safety.extraFunctions: must hold names
          schemas: [shop]                           | schemas: [shop], safety: {rules: {CROSS_JOIN: maybe}} | datasources[0].safety.rules.CROSS_JOIN: must be reject, warn or off
          schemas: [shop]                           | schemas: [shop], safety: {rules: {X: warn}} | datasources[0].safety.rules.X: unknown key
          schemas: [shop]                           | schemas: [shop], safety: {rules: {DML_IN_CTE: off}} | datasources[0].safety.rules: DML_IN_CTE can only reject
          schemas: [shop]                           | schemas: [pg_catalog]             | datasources[0].schemas: pg_catalog is a system schema
          schemas: [shop]                           | schemas: [shop], safety: {colour: red} | datasources[0].safety.colour: unknown key
          account: acme                             | {account: acme, timeZone: Mars}    | timeZone: is 'Mars'; use an IANA name
          account: acme                             | {account: acme, currency: DUCAT}   | currency: is 'DUCAT'; use an ISO 4217 code
          account: acme                             | {account: acme, tokens: {maxInput: 0, maxOutput: 1}} | tokens.maxInput: is 0; use 1 or more
          account: acme                             | {account: acme, tokens: {maxInput: 1}} | tokens.maxOutput: is missing
          account: acme                             | {account: acme, maxSends: 21}      | maxSends: is 21; use 1 to 20
          account: acme                             | {account: acme, deadlineSeconds: 0} | deadlineSeconds: is 0; use 1 to 3600
          account: acme                             | {account: acme, paused: perhaps}   | paused:
          account: acme                             | {account: acme, routing: {by: mood}} | routing.by: is 'mood'; use one of [cheap, order, question, strong]
          account: acme                             | {account: acme, routing: {strongWords: [' ']}} | routing.strongWords[0]: is ' '; use 1 to 60 characters
          """)
  void saysWhatIsWrongByKeyPath(String right, String wrong, String problem) {
    assertThat(SMALLEST).contains(right);
    // A line in braces stands for several keys at the top.
    String lines =
        wrong.startsWith("{")
            ? wrong.substring(1, wrong.length() - 1).replaceFirst(", ", "\n")
            : wrong;

    assertThat(problems(SMALLEST.replace(right, lines)))
        .anySatisfy(found -> assertThat(found).startsWith(problem));
  }

  private static List<String> problems(String yaml) {
    ConfigException error = catchThrowableOfType(ConfigException.class, () -> parse(yaml));
    assertThat(error).as("refusal of%n%s", yaml).isNotNull();
    return error.problems();
  }

  @Test
  void takesOverHowQuestionsAreRouted() {
    assertThat(parse(SMALLEST).event(1).getRouting()).isNull();
    assertThat(
            parse(
                    SMALLEST
                        + "routing: {by: strong, honourPreferredTier: false, strongWords: [margin]}")
                .event(1)
                .getRouting())
        .isEqualTo(new RoutingPolicy(RoutingMode.STRONG, false, List.of("margin"), null));
    assertThat(parse(SMALLEST + "routing: {}").event(1).getRouting())
        .isEqualTo(RoutingPolicy.newBuilder().build());
  }

  @Test
  void putsGivenModelInPlaceOfItsOwn() {
    AccountFile changed = parse(SMALLEST).withModel("openai", "gpt-4o");

    assertThat(changed.event(1).getModels())
        .containsExactly(new ModelCandidate("openai", "gpt-4o", "cheap"));
    assertThat(changed.account()).isEqualTo("acme");
  }
}
