package io.querytrail.generator.discovery;

import io.querytrail.generator.check.GuardVerdict;
import io.querytrail.generator.check.PlanSource;
import io.querytrail.generator.check.Planning;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.slf4j.LoggerFactory;

/** Asks the database of each datasource. */
public final class DatabasePlanSource implements PlanSource {
  private final FailureLog failures =
      new FailureLog(LoggerFactory.getLogger(DatabasePlanSource.class), System::nanoTime);
  private final Map<String, Datasource> datasources;

  public DatabasePlanSource(Map<String, Datasource> datasources) {
    this.datasources = Map.copyOf(datasources);
  }

  @Override
  public Planning plan(String datasource, GuardVerdict.Approved statement, Duration timeout) {
    Datasource target = datasources.get(datasource);
    if (target == null) {
      return new Planning.Unavailable("the generator's configuration has no such datasource");
    }
    try {
      return target.plan(statement.sql(), timeout);
    } catch (SQLException e) {
      failures.warn(datasource, "no plan was had", e.getSQLState());
      return new Planning.Unavailable(SqlStates.reason(e));
    }
  }
}
