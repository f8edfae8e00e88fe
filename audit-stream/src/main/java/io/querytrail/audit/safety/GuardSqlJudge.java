package io.querytrail.audit.safety;

import io.querytrail.audit.ledger.DatasourceRule;
import io.querytrail.audit.verdict.GeneratedSql;
import io.querytrail.audit.verdict.Judgement;
import io.querytrail.audit.verdict.SqlJudge;
import java.util.List;

/** The safety check of sql-safety. */
public final class GuardSqlJudge implements SqlJudge {
  @Override
  public Judgement judge(GeneratedSql generated, DatasourceRule datasource) {
    return new Judgement.Rejected(List.of());
  }

  @Override
  public void close() {}
}
