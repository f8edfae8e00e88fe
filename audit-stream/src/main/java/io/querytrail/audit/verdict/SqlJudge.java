package io.querytrail.audit.verdict;

import io.querytrail.audit.ledger.DatasourceRule;

/**
 * Decides whether generated SQL may be run. Deterministic, does no I/O, never throws for any SQL.
 * One for each stream thread.
 */
public interface SqlJudge extends AutoCloseable {
  /** The verdict by the policy of the datasource, on the relations that the model was shown. */
  Judgement judge(GeneratedSql generated, DatasourceRule datasource);

  @Override
  void close();
}
