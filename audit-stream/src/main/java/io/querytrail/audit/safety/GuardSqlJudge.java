package io.querytrail.audit.safety;

import io.querytrail.audit.ledger.DatasourceRule;
import io.querytrail.audit.ledger.SafetyRules;
import io.querytrail.audit.verdict.GeneratedSql;
import io.querytrail.audit.verdict.Judgement;
import io.querytrail.audit.verdict.RedactedSql;
import io.querytrail.audit.verdict.SqlJudge;
import io.querytrail.safety.DatabaseSchema;
import io.querytrail.safety.NamePatterns;
import io.querytrail.safety.PlanEstimate;
import io.querytrail.safety.RelationSchema;
import io.querytrail.safety.SafetyGuard;
import io.querytrail.safety.SafetyPolicy;
import io.querytrail.safety.SafetyVerdict;
import io.querytrail.safety.Severity;
import io.querytrail.safety.SqlRedaction;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Judges on PostgreSQL's own parse tree. */
public final class GuardSqlJudge implements SqlJudge {
  private final SafetyGuard guard = new SafetyGuard();
  private @Nullable SqlRedaction redaction;

  @Override
  public Judgement judge(GeneratedSql generated, DatasourceRule datasource) {
    SafetyPolicy policy = policy(datasource);
    DatabaseSchema schema = schema(generated.relations());
    // Without a plan too: where the policy caps plans, that is a finding of its own.
    SafetyVerdict verdict =
        guard.judge(
            generated.sql(),
            policy,
            schema,
            generated.plan().map(GuardSqlJudge::plan).orElse(null));
    return switch (verdict) {
      case SafetyVerdict.Approved approved ->
          new Judgement.Approved(
              approved.sql(),
              approved.rowCap(),
              approved.relations(),
              approved.columns(),
              violations(approved.warnings()));
      case SafetyVerdict.Rejected rejected ->
          new Judgement.Rejected(violations(rejected.violations()));
    };
  }

  @Override
  public Optional<RedactedSql> redact(String sql, RedactedSql.Substitute substitute) {
    if (redaction == null) {
      // A parser takes megabytes, and most accounts keep their texts.
      redaction = new SqlRedaction();
    }
    return redaction
        .redact(
            sql,
            new SqlRedaction.Substitute() {
              @Override
              public String text(String literal) {
                return substitute.text(literal);
              }

              @Override
              public String number(String literal) {
                return substitute.number(literal);
              }
            })
        .map(redacted -> new RedactedSql(redacted.sql(), redacted.literals()));
  }

  @Override
  public void check(DatasourceRule datasource) {
    policy(datasource);
  }

  private static SafetyPolicy policy(DatasourceRule datasource) {
    SafetyRules rules = datasource.safety();
    return new SafetyPolicy(
        datasource.schemas(),
        new NamePatterns(rules.allowRelations(), rules.denyRelations()),
        new NamePatterns(rules.allowColumns(), rules.denyColumns()),
        datasource.rowCap(),
        rules.costCap(),
        rules.planRowsCap(),
        rules.extraFunctions(),
        severities(rules.severities()));
  }

  private static Map<String, Severity> severities(Map<String, String> named) {
    return named.entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, entry -> severity(entry.getKey(), entry.getValue())));
  }

  private static Severity severity(String rule, String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "reject" -> Severity.REJECT;
      case "warn" -> Severity.WARN;
      case "off" -> Severity.OFF;
      default ->
          throw new IllegalArgumentException(
              "rule " + rule + " has severity '" + name + "'; use reject, warn or off");
    };
  }

  private static DatabaseSchema schema(List<GeneratedSql.Relation> relations) {
    return new DatabaseSchema(
        relations.stream()
            .map(relation ->
                new RelationSchema(
                    relation.schema(),
                    relation.name(),
                    relation.columns().stream()
                        .map(column -> new RelationSchema.Column(column.name(), column.type()))
                        .toList()))
            .toList());
  }

  private static PlanEstimate plan(GeneratedSql.Plan plan) {
    return new PlanEstimate(plan.totalCost(), plan.rows());
  }

  private static List<Judgement.Violation> violations(
      List<io.querytrail.safety.Violation> violations) {
    return violations.stream()
        .map(violation ->
            new Judgement.Violation(
                violation.rule(),
                violation.severity() == Severity.WARN,
                violation.message(),
                violation.position()))
        .toList();
  }
}
