package io.querytrail.generator.discovery;

import io.querytrail.generator.schema.SchemaReading;
import io.querytrail.generator.schema.SchemaSource;
import io.querytrail.generator.schema.SchemaStamps;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import org.slf4j.LoggerFactory;

/** Reads the schema of a datasource from its database, each time it is asked. */
public final class CatalogSchemaSource implements SchemaSource, SchemaStamps {
  private final FailureLog failures =
      new FailureLog(LoggerFactory.getLogger(CatalogSchemaSource.class), System::nanoTime);
  private final Map<String, Datasource> datasources;

  public CatalogSchemaSource(Map<String, Datasource> datasources) {
    this.datasources = Map.copyOf(datasources);
  }

  @Override
  public SchemaReading read(String datasource, SortedSet<String> schemas) {
    Datasource target = datasources.get(datasource);
    if (target == null) {
      return new SchemaReading.UnknownDatasource();
    }
    try {
      return target.read(schemas);
    } catch (SQLException e) {
      failures.warn(datasource, "schema could not be read", e.getMessage());
      return new SchemaReading.Unavailable(SqlStates.reason(e));
    }
  }

  @Override
  public Optional<String> stamp(String datasource, SortedSet<String> schemas) {
    Datasource target = datasources.get(datasource);
    if (target == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(target.stamp(schemas));
    } catch (SQLException e) {
      failures.warn(datasource, "it could not be seen whether the schema changed", e.getSQLState());
      return Optional.empty();
    }
  }

  /**
   * The schemas of a configured datasource that hold something to show.
   *
   * @throws SQLException if its database cannot be asked
   */
  public SortedSet<String> schemas(String datasource) throws SQLException {
    Datasource target = datasources.get(datasource);
    if (target == null) {
      throw new IllegalArgumentException("there is no datasource " + datasource);
    }
    return target.schemas();
  }
}
