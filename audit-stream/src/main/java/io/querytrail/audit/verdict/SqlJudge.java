package io.querytrail.audit.verdict;

import io.querytrail.audit.ledger.DatasourceRule;
import java.util.Optional;

/**
 * Decides whether generated SQL may be run. Deterministic, does no I/O, never throws for any SQL.
 * Not safe for use by several threads.
 */
public interface SqlJudge {
  /** The verdict by the policy of the datasource, on the relations that the model was shown. */
  Judgement judge(GeneratedSql generated, DatasourceRule datasource);

  /**
   * Checks that statements can be judged by this policy.
   *
   * @throws IllegalArgumentException when they cannot; the message says what is wrong with it
   */
  void check(DatasourceRule datasource);

  /**
   * The statement without its constants; nothing where they cannot be told for sure, as in what is
   * no query.
   */
  Optional<RedactedSql> redact(String sql, RedactedSql.Substitute substitute);
}
