package io.querytrail.sink.postgres;

import io.querytrail.sink.log.ExecutedQuery;
import io.querytrail.sink.log.RequestKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Executions, and the run time that the log rows show of them. An execution may come before its log
 * row: then it is noted, and the row is brought up to date by whichever transaction sees both.
 */
final class ExecutionTable {
  private static final String INSERT =
      """
      INSERT INTO public.query_executions (created_at, request_id, account, execution_id, status,
        execution_time_ms, rows, error, sql_state, executed_at, executor, kafka_partition, kafka_offset)
      SELECT * FROM unnest(?::timestamptz[], ?::text[], ?::text[], ?::text[], ?::text[], ?::int8[], ?::int8[],
        ?::text[], ?::text[], ?::timestamptz[], ?::text[], ?::int4[], ?::int8[])
      ON CONFLICT DO NOTHING
      RETURNING created_at, request_id, account
      """;

  private static final String SHOW_IN_LOG =
      """
      UPDATE public.ai_query_log AS log
      SET execution_time_ms = execution.execution_time_ms
      FROM unnest(?::timestamptz[], ?::text[], ?::text[]) AS key (created_at, request_id, account)
      CROSS JOIN LATERAL (
        SELECT execution_time_ms
        FROM public.query_executions AS e
        WHERE (e.created_at, e.request_id, e.account) = (key.created_at, key.request_id, key.account)
        ORDER BY e.status = 'SUCCEEDED' DESC, e.executed_at DESC, e.execution_id DESC
        LIMIT 1) AS execution
      WHERE (log.created_at, log.request_id, log.account) = (key.created_at, key.request_id, key.account)
      RETURNING log.created_at, log.request_id, log.account
      """;

  private static final String NOTE_WAITING =
      """
      INSERT INTO public.executions_awaiting_row (created_at, request_id, account)
      SELECT * FROM unnest(?::timestamptz[], ?::text[], ?::text[])
      ON CONFLICT DO NOTHING
      """;

  private static final String ANY_WAITING =
      "SELECT EXISTS (SELECT FROM public.executions_awaiting_row)";

  private static final String TAKE_WAITING =
      """
      DELETE FROM public.executions_awaiting_row AS waiting
      USING unnest(?::timestamptz[], ?::text[], ?::text[]) AS key (created_at, request_id, account)
      WHERE (waiting.created_at, waiting.request_id, waiting.account)
        = (key.created_at, key.request_id, key.account)
      RETURNING waiting.created_at, waiting.request_id, waiting.account
      """;

  private static final String FIND_MISSED =
      """
      SELECT created_at, request_id, account
      FROM public.executions_awaiting_row AS waiting
      WHERE arrived_at > now() - ?::interval
        AND EXISTS (
          SELECT FROM public.ai_query_log AS log
          WHERE (log.created_at, log.request_id, log.account)
            = (waiting.created_at, waiting.request_id, waiting.account))
      ORDER BY arrived_at
      LIMIT 10000
      FOR UPDATE SKIP LOCKED
      """;

  private static final String FORGET =
      "DELETE FROM public.executions_awaiting_row WHERE arrived_at < now() - ?::interval";

  /** Adds the executions that are not known yet. */
  void write(Connection connection, List<ExecutedQuery> executions) throws SQLException {
    if (executions.isEmpty()) {
      return;
    }
    Set<RequestKey> added;
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      new SqlArrays<ExecutedQuery>(executions)
          .keys(ExecutedQuery::key)
          .text(ExecutedQuery::executionId)
          .text(ExecutedQuery::status)
          .values(ExecutedQuery::executionTimeMillis)
          .values(ExecutedQuery::rows)
          .text(ExecutedQuery::error)
          .text(ExecutedQuery::sqlState)
          .values(ExecutedQuery::executedAt)
          .text(ExecutedQuery::executor)
          .values(execution -> execution.source().partition())
          .values(execution -> execution.source().offset())
          .bind(insert);
      added = keys(insert);
    }
    added.removeAll(showInLog(connection, added));
    noteWaiting(connection, added);
  }

  /** Brings new log rows up to date with executions that came before them. */
  void settle(Connection connection, List<RequestKey> rows) throws SQLException {
    if (rows.isEmpty() || !anyWaiting(connection)) {
      return;
    }
    try (PreparedStatement take = connection.prepareStatement(TAKE_WAITING)) {
      new SqlArrays<RequestKey>(rows).keys(key -> key).bind(take);
      showInLog(connection, keys(take));
    }
  }

  /** Shows in these log rows what is known of their runs. */
  void show(Connection connection, List<RequestKey> rows) throws SQLException {
    showInLog(connection, rows);
  }

  /**
   * Settles what two transactions missed because each committed before the other could see it.
   *
   * @param since how far back to look, as a PostgreSQL interval
   */
  void settleMissed(Connection connection, String since) throws SQLException {
    Set<RequestKey> missed;
    try (PreparedStatement find = connection.prepareStatement(FIND_MISSED)) {
      find.setString(1, since);
      missed = keys(find);
    }
    if (missed.isEmpty()) {
      return;
    }
    showInLog(connection, missed);
    try (PreparedStatement take = connection.prepareStatement(TAKE_WAITING)) {
      new SqlArrays<RequestKey>(missed).keys(key -> key).bind(take);
      keys(take);
    }
  }

  /** Stops to wait for log rows that never came; the executions themselves stay. */
  void forget(Connection connection, String olderThan) throws SQLException {
    try (PreparedStatement forget = connection.prepareStatement(FORGET)) {
      forget.setString(1, olderThan);
      forget.executeUpdate();
    }
  }

  private static Set<RequestKey> showInLog(Connection connection, Collection<RequestKey> keys)
      throws SQLException {
    if (keys.isEmpty()) {
      return Set.of();
    }
    try (PreparedStatement update = connection.prepareStatement(SHOW_IN_LOG)) {
      new SqlArrays<RequestKey>(keys).keys(key -> key).bind(update);
      return keys(update);
    }
  }

  private static void noteWaiting(Connection connection, Collection<RequestKey> keys)
      throws SQLException {
    new SqlArrays<RequestKey>(keys).keys(key -> key).update(connection, NOTE_WAITING);
  }

  private static boolean anyWaiting(Connection connection) throws SQLException {
    try (PreparedStatement any = connection.prepareStatement(ANY_WAITING);
        ResultSet rows = any.executeQuery()) {
      rows.next();
      return rows.getBoolean(1);
    }
  }

  private static Set<RequestKey> keys(PreparedStatement statement) throws SQLException {
    Set<RequestKey> keys = new HashSet<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        keys.add(
            new RequestKey(
                rows.getObject(1, OffsetDateTime.class).toInstant(),
                rows.getString(2),
                rows.getString(3)));
      }
    }
    return keys;
  }
}
