package io.querytrail.sink.postgres;

import io.querytrail.sink.log.StoreUnavailableException;
import io.querytrail.sink.partition.PartitionCalendar;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.YearMonth;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that months have their partitions. Each is made in a transaction of its own, so that
 * no writer's transaction holds locks meanwhile. Safe for use by several threads and instances.
 */
public final class PartitionKeeper {
  /** The partitioned tables; the migrations make them. */
  static final List<String> TABLES =
      List.of(
          "ai_query_log",
          "llm_attempts",
          "query_corrections",
          "query_executions",
          "budget_alerts",
          "query_performance_metrics",
          "performance_metrics");

  private static final Logger LOG = LoggerFactory.getLogger(PartitionKeeper.class);
  private static final String LOCK_TIMEOUT = "SET LOCAL lock_timeout = '5s'";
  private static final String ENSURE = "SELECT public.ensure_month_partition(?, ?)";
  private static final String TUNE = "SELECT public.tune_month_partitions(?)";

  private final DataSource dataSource;
  private final PartitionCalendar calendar;
  private final Set<YearMonth> known = ConcurrentHashMap.newKeySet();

  public PartitionKeeper(DataSource dataSource, PartitionCalendar calendar) {
    this.dataSource = dataSource;
    this.calendar = calendar;
  }

  /**
   * Makes what is missing of the current month and those ahead, and has autovacuum look after the
   * current one.
   *
   * @throws StoreUnavailableException when trying again later may help
   */
  public void keepAhead() {
    try {
      ensure(calendar.upcoming());
      tune(calendar.upcoming().getFirst());
    } catch (SQLException e) {
      throw SqlFailures.translate(e);
    }
  }

  /** Makes the partitions of these months, without looking where they are known. */
  void ensureFor(Collection<YearMonth> months) throws SQLException {
    Set<YearMonth> missing = calendar.deserving(months);
    missing.removeAll(known);
    ensure(missing);
  }

  private void ensure(Collection<YearMonth> months) throws SQLException {
    for (YearMonth month : months) {
      for (String table : TABLES) {
        ensure(table, month);
      }
      known.add(month);
    }
  }

  private void tune(YearMonth current) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement timeout = connection.createStatement();
        PreparedStatement tune = connection.prepareStatement(TUNE)) {
      connection.setAutoCommit(false);
      timeout.execute(LOCK_TIMEOUT);
      tune.setObject(1, current.atDay(1));
      tune.execute();
      connection.commit();
    }
  }

  private void ensure(String table, YearMonth month) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement timeout = connection.createStatement();
        PreparedStatement ensure = connection.prepareStatement(ENSURE)) {
      connection.setAutoCommit(false);
      timeout.execute(LOCK_TIMEOUT);
      ensure.setString(1, table);
      ensure.setObject(2, month.atDay(1));
      boolean made;
      try (var row = ensure.executeQuery()) {
        row.next();
        made = row.getBoolean(1);
      }
      connection.commit();
      if (made) {
        LOG.atInfo().addKeyValue("table", table).addKeyValue("month", month).log("partition made");
      }
    }
  }
}
