package io.querytrail.safety;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds the page about the rules against the rules. */
class SafetyRulesDocumentTest {
  private static final Path PAGE = Path.of("..", "docs", "safety-rules.md");
  private static final PlanEstimate LARGE_PLAN = new PlanEstimate(5_000, 5_000);
  private static final PlanEstimate SMALL_PLAN = new PlanEstimate(10, 10);

  private final Map<String, String> sections = sections();
  private final SafetyGuard guard = new SafetyGuard();
  private final SafetyPolicy policy =
      SafetyPolicy.defaults(List.of("shop"))
          .withColumns(NamePatterns.denying("customers.email"))
          .withCostCap(1_000)
          .withPlanRowsCap(1_000);
  private final DatabaseSchema schema =
      SchemaScript.read(
          """
          CREATE TABLE shop.orders (id bigint, total numeric, placed_on date);
          CREATE TABLE shop.customers (id bigint, name text, email text);
          """);

  @Test
  void tellsEveryRuleInOrder() {
    assertThat(sections.keySet())
        .containsExactlyElementsOf(
            Arrays.stream(SafetyRule.values()).map(SafetyRule::name).toList());
  }

  @ParameterizedTest
  @EnumSource(SafetyRule.class)
  void tellsTheSeverityAndWhetherItIsAdjustable(SafetyRule rule) {
    String severity = part(rule, "Severity");
    assertThat(severity).startsWith(rule.defaultSeverity().name().toLowerCase(Locale.ROOT));
    assertThat(severity.contains("adjustable")).isEqualTo(rule.adjustable());
    assertThat(severity.contains("always")).isNotEqualTo(rule.adjustable());
  }

  @ParameterizedTest
  @EnumSource(value = SafetyRule.class, mode = EnumSource.Mode.EXCLUDE, names = "INTERNAL")
  void theExamplesAreJudgedAsTheyAreTold(SafetyRule rule) {
    // When
    SafetyVerdict stopped = judge(rule, "Stopped");
    SafetyVerdict passed = judge(rule, "Not");

    // Then
    Violation first = violations(stopped).getFirst();
    assertThat(first.rule()).isEqualTo(rule.name());
    assertThat(first.message()).isEqualTo(part(rule, "Message"));
    assertThat(first.severity()).isEqualTo(rule.defaultSeverity());
    assertThat(passed).isInstanceOf(SafetyVerdict.Approved.class);
    assertThat(violations(passed)).isEmpty();
  }

  private SafetyVerdict judge(SafetyRule rule, String kind) {
    String sql =
        code(part(rule, kind))
            .replace("U+202E", "\u202e")
            .replace("DEEP", "(".repeat(120) + "1" + ")".repeat(120));
    boolean isStopped = kind.equals("Stopped");
    return switch (rule) {
      case PLAN_COST -> guard.judge(sql, policy, schema, isStopped ? LARGE_PLAN : SMALL_PLAN);
      case PLAN_ROWS ->
          guard.judge(
              sql,
              SafetyPolicy.defaults(List.of("shop")).withPlanRowsCap(1_000),
              schema,
              isStopped ? LARGE_PLAN : SMALL_PLAN);
      case PLAN_MISSING -> guard.judge(sql, policy, schema, isStopped ? null : SMALL_PLAN);
      default -> guard.judge(sql, policy, schema);
    };
  }

  private static List<Violation> violations(SafetyVerdict verdict) {
    return switch (verdict) {
      case SafetyVerdict.Approved approved -> approved.warnings();
      case SafetyVerdict.Rejected rejected -> rejected.violations();
    };
  }

  private String part(SafetyRule rule, String name) {
    return Pattern.compile("^- \\*\\*" + name + ":\\*\\* (.*)$", Pattern.MULTILINE)
        .matcher(sections.getOrDefault(rule.name(), ""))
        .results()
        .map(result -> result.group(1))
        .findFirst()
        .orElseThrow(() -> new AssertionError(rule + " has no " + name));
  }

  private static String code(String text) {
    return text.substring(text.indexOf('`') + 1, text.lastIndexOf('`'));
  }

  private static Map<String, String> sections() {
    var sections = new LinkedHashMap<String, String>();
    List<MatchResult> heads =
        Pattern.compile("^### ([A-Z_]+)$", Pattern.MULTILINE).matcher(page()).results().toList();
    for (int i = 0; i < heads.size(); i++) {
      int end = i + 1 < heads.size() ? heads.get(i + 1).start() : page().length();
      sections.put(heads.get(i).group(1), page().substring(heads.get(i).end(), end));
    }
    return sections;
  }

  private static String page() {
    try {
      return Files.readString(PAGE);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
