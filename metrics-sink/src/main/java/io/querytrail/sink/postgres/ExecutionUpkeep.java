package io.querytrail.sink.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Settles executions whose log row was written at the same moment by another writer. */
public final class ExecutionUpkeep {
  private static final String MOMENTS = "5 minutes";
  private static final String PATIENCE = "7 days";

  private interface Work {
    void run(Connection connection) throws SQLException;
  }

  private final DataSource dataSource;
  private final ExecutionTable executions = new ExecutionTable();

  public ExecutionUpkeep(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /** Looks at what came in the last minutes; cheap enough to run every few seconds. */
  public void settleRecent() {
    transact(connection -> executions.settleMissed(connection, MOMENTS));
  }

  /** Looks at all that still waits, and gives up on what has waited for a week. */
  public void settleAll() {
    transact(connection -> {
      executions.settleMissed(connection, PATIENCE);
      executions.forget(connection, PATIENCE);
    });
  }

  private void transact(Work work) {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      work.run(connection);
      connection.commit();
    } catch (SQLException e) {
      throw SqlFailures.translate(e);
    }
  }
}
