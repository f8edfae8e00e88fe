package io.querytrail.sink.postgres;

import io.querytrail.sink.log.BudgetPosting;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** What people posted to budgets, each once. */
final class PostingTable {
  private static final String INSERT =
      """
      INSERT INTO %s (created_at, command_id, account, scope, scope_key, period, period_name,
        reset, amount, settled, currency, reason, requested_by, chain_sequence, chain_key_id, chain_hash,
        kafka_partition, kafka_offset)
      SELECT * FROM unnest(?::timestamptz[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
        ?::bool[], ?::numeric[], ?::numeric[], ?::text[], ?::text[], ?::text[], ?::int8[], ?::text[], ?::text[],
        ?::int4[], ?::int8[])
      ON CONFLICT DO NOTHING
      """;

  private final String insert;

  PostingTable() {
    this("public.budget_adjustments");
  }

  /** The same rows into another table with these columns. */
  PostingTable(String target) {
    this.insert = INSERT.formatted(target);
  }

  void write(Connection connection, List<BudgetPosting> postings) throws SQLException {
    new SqlArrays<BudgetPosting>(postings)
        .keys(BudgetPosting::key)
        .text(BudgetPosting::scope)
        .text(BudgetPosting::scopeKey)
        .text(BudgetPosting::period)
        .text(BudgetPosting::periodName)
        .values(BudgetPosting::reset)
        .values(posting -> posting.amount().toPlainString())
        .values(posting -> posting.settled().toPlainString())
        .text(BudgetPosting::currency)
        .text(BudgetPosting::reason)
        .text(BudgetPosting::requestedBy)
        .values(posting -> posting.chain().sequence())
        .text(posting -> posting.chain().keyId())
        .text(posting -> posting.chain().hash())
        .values(posting -> posting.source().partition())
        .values(posting -> posting.source().offset())
        .update(connection, insert);
  }
}
