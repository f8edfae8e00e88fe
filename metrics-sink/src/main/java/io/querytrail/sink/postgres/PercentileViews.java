package io.querytrail.sink.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;

/** Refreshes the materialized views, one instance for all, while they are read. */
public final class PercentileViews {
  /** In the owner's name: nobody else may refresh them. */
  private static final String REFRESH = "SELECT public.refresh_percentile_views()";

  private static final String TRY_LOCK =
      "SELECT pg_try_advisory_xact_lock(hashtextextended('querytrail.percentile_views', 0))";
  private static final String DUE =
      """
      SELECT NOT EXISTS (SELECT FROM public.upkeep_runs
        WHERE job = 'percentile_views' AND finished_at > clock_timestamp() - make_interval(secs => ?))
      """;
  private static final String DONE =
      """
      INSERT INTO public.upkeep_runs (job, finished_at) VALUES ('percentile_views', clock_timestamp())
      ON CONFLICT (job) DO UPDATE SET finished_at = excluded.finished_at
      """;

  private final DataSource dataSource;
  private final Duration period;

  /**
   * @param period how old the views may get; a refresh by any instance counts
   */
  public PercentileViews(DataSource dataSource, Duration period) {
    this.dataSource = dataSource;
    this.period = period;
  }

  /** Refreshes them if it is time and nobody else does. */
  public void refresh() {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      if (answer(connection, TRY_LOCK) && due(connection)) {
        try (Statement statement = connection.createStatement()) {
          statement.execute(REFRESH);
          statement.execute(DONE);
        }
      }
      connection.commit();
    } catch (SQLException e) {
      throw SqlFailures.translate(e);
    }
  }

  private boolean due(Connection connection) throws SQLException {
    try (PreparedStatement due = connection.prepareStatement(DUE)) {
      // Instances' timers are not exact.
      due.setDouble(1, period.toMillis() * 0.9 / 1000);
      try (ResultSet row = due.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  private static boolean answer(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getBoolean(1);
    }
  }
}
