package io.querytrail.sink.postgres;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports rows that no month's partition took: {@code querytrail.sink.stray.rows}. */
public final class StrayRows {
  private static final Logger LOG = LoggerFactory.getLogger(StrayRows.class);

  private final MonthPartitions partitions;
  private final AtomicLong strays = new AtomicLong();

  public StrayRows(MonthPartitions partitions, MeterRegistry registry) {
    this.partitions = partitions;
    Gauge.builder("querytrail.sink.stray.rows", strays, AtomicLong::get)
        .description(
            "Rows in default partitions: of times that no honest clock says, or of months"
                + " that were taken out of the log")
        .register(registry);
  }

  /** Counts them. */
  public void look() {
    try {
      List<MonthPartitions.Part> with =
          partitions.list(MonthPartitions.TABLES).stream()
              .filter(part -> part.state() == MonthPartitions.State.DEFAULT && part.rows() > 0)
              .toList();
      long now = with.stream().mapToLong(MonthPartitions.Part::rows).sum();
      if (now > strays.getAndSet(now)) {
        LOG.atWarn()
            .addKeyValue("rows", now)
            .addKeyValue("tables", with.stream().map(MonthPartitions.Part::name).toList())
            .log("rows are in default partitions; see `querytrail partitions list`");
      }
    } catch (SQLException e) {
      throw SqlFailures.translate(e);
    }
  }
}
