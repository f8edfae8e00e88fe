package io.querytrail.audit;

import io.querytrail.audit.ledger.DatasourceRule;
import io.querytrail.audit.safety.GuardSqlJudge;
import io.querytrail.audit.verdict.GeneratedSql;
import io.querytrail.audit.verdict.Judgement;
import io.querytrail.audit.verdict.Judgement.Violation;
import io.querytrail.audit.verdict.RedactedSql;
import io.querytrail.audit.verdict.SqlJudge;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Rejects what drops something, warns of every star, and caps the rest. */
final class ScriptedJudge implements SqlJudge {
  private static final ThreadLocal<SqlJudge> REAL = ThreadLocal.withInitial(GuardSqlJudge::new);

  @Override
  public Judgement judge(GeneratedSql generated, DatasourceRule datasource) {
    if (generated.sql().contains("DROP")) {
      return new Judgement.Rejected(
          List.of(
              new Violation("NOT_A_SELECT", false, "only SELECT may be run", OptionalInt.of(1)),
              new Violation("STAR", true, "name the columns", OptionalInt.empty())));
    }
    List<Violation> warnings =
        generated.sql().contains("*")
            ? List.of(new Violation("STAR", true, "name the columns", OptionalInt.of(8)))
            : List.of();
    return new Judgement.Approved(
        generated.sql() + " LIMIT " + datasource.rowCap(),
        datasource.rowCap(),
        List.of("public.orders"),
        List.of("public.orders.id"),
        warnings);
  }

  @Override
  public Optional<RedactedSql> redact(String sql, RedactedSql.Substitute substitute) {
    return REAL.get().redact(sql, substitute);
  }

  @Override
  public void check(DatasourceRule datasource) {
    if (datasource.safety().severities().containsKey("NO_SUCH_RULE")) {
      throw new IllegalArgumentException("rules: no rule is called NO_SUCH_RULE");
    }
  }
}
