package io.querytrail.sink.postgres;

import io.querytrail.sink.log.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps so many months of each table: detaches what is older, archives it, drops it. */
public final class Retention {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  private final MonthPartitions partitions;
  private final int months;
  private final @Nullable Path archive;

  /**
   * @param months whole months before the current one that are kept
   * @param archive directory for the files; null drops without
   */
  public Retention(MonthPartitions partitions, int months, @Nullable Path archive) {
    this.partitions = partitions;
    this.months = months;
    this.archive = archive;
  }

  /** What {@link #apply} would remove. */
  public List<MonthPartitions.Part> due(List<String> tables) throws SQLException {
    return partitions.olderThan(tables, months);
  }

  /** Removes what is older; what was removed. */
  public List<MonthPartitions.Part> apply(List<String> tables) throws SQLException, IOException {
    List<MonthPartitions.Part> removed = new ArrayList<>();
    for (MonthPartitions.Part part : due(tables)) {
      remove(part);
      removed.add(part);
    }
    return removed;
  }

  /** As {@link #apply} of all tables, for a scheduler. */
  public void run() {
    try {
      apply(MonthPartitions.TABLES);
    } catch (SQLException e) {
      throw SqlFailures.translate(e);
    } catch (IOException e) {
      throw new StoreUnavailableException("cannot write the archive: " + e.getMessage(), e);
    }
  }

  private void remove(MonthPartitions.Part part) throws SQLException, IOException {
    if (part.month() == null) {
      return;
    }
    partitions.detach(part.table(), part.month());
    PartitionArchive.Written written =
        archive == null ? null : partitions.archive(part.table(), part.month(), archive);
    partitions.drop(part.table(), part.month(), written);
    LOG.atInfo()
        .addKeyValue("table", part.name())
        .addKeyValue("archive", written == null ? "none" : written.file())
        .log("month removed from the log");
  }
}
