package io.querytrail.sink.postgres;

import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import javax.sql.DataSource;

/** Keeps samples of the sink's own metrics, and the database's, in {@code performance_metrics}. */
public final class MetricsRecorder {
  private static final String OWN = "querytrail.sink.";
  private static final String ADD =
      """
      INSERT INTO public.performance_metrics
        (recorded_at, service_name, metric_name, metric_value, metric_unit, tags)
      VALUES (now(), 'metrics-sink', ?, ?, ?,
        jsonb_object(ARRAY['instance'] || ?::text[], ARRAY[?] || ?::text[]))
      """;

  private static final String DATABASE = "SELECT querytrail_ops.record_performance_metrics()";

  private final DataSource dataSource;
  private final MeterRegistry registry;
  private final String instance;

  /**
   * @param instance tells the samples of one instance from another's
   */
  public MetricsRecorder(DataSource dataSource, MeterRegistry registry, String instance) {
    this.dataSource = dataSource;
    this.registry = registry;
    this.instance = instance;
  }

  /** Adds one sample of each. */
  public void record() {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement add = connection.prepareStatement(ADD)) {
      for (Meter meter : registry.getMeters()) {
        if (meter.getId().getName().startsWith(OWN)) {
          add(connection, add, meter);
        }
      }
      add.executeBatch();
      try (Statement database = connection.createStatement()) {
        database.execute(DATABASE);
      }
    } catch (SQLException e) {
      throw SqlFailures.translate(e);
    }
  }

  private void add(Connection connection, PreparedStatement add, Meter meter) throws SQLException {
    for (Measurement measurement : meter.measure()) {
      if (!Double.isFinite(measurement.getValue())) {
        continue;
      }
      String statistic = measurement.getStatistic().name().toLowerCase(Locale.ROOT);
      boolean plain = statistic.equals("value");
      String unit = meter.getId().getBaseUnit();
      add.setString(1, plain ? meter.getId().getName() : meter.getId().getName() + "." + statistic);
      add.setDouble(2, measurement.getValue());
      add.setString(3, unit == null || statistic.equals("count") ? "count" : unit);
      add.setArray(
          4,
          connection.createArrayOf(
              "text", meter.getId().getTags().stream().map(Tag::getKey).toArray()));
      add.setString(5, instance);
      add.setArray(
          6,
          connection.createArrayOf(
              "text", meter.getId().getTags().stream().map(Tag::getValue).toArray()));
      add.addBatch();
    }
  }
}
