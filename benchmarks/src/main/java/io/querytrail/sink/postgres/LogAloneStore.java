package io.querytrail.sink.postgres;

import io.querytrail.sink.log.Advance;
import io.querytrail.sink.log.AuditedQuery;
import io.querytrail.sink.log.LogBatch;
import io.querytrail.sink.log.LogStore;
import io.querytrail.sink.log.SinkRecord;
import io.querytrail.sink.log.StreamPartition;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** Writes the log table and the offsets alone, as a sink that knows one table does. */
public final class LogAloneStore implements LogStore {
  private final DataSource dataSource;
  private final OffsetTable offsets = new OffsetTable("log-alone");
  private final SettingsTable settings = new SettingsTable();
  private final CopyTable<AuditedQuery> log = LogTables.aiQueryLog(settings);

  public LogAloneStore(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  @Override
  public Map<StreamPartition, Long> nextOffsets(Collection<StreamPartition> wanted) {
    try (Connection connection = dataSource.getConnection()) {
      Map<StreamPartition, Long> next = new TreeMap<>();
      offsets
          .read(connection, wanted)
          .forEach((partition, position) -> next.put(partition, position.next()));
      return next;
    } catch (SQLException e) {
      throw SqlFailures.translate(e);
    }
  }

  @Override
  public LogBatch newBatch() {
    return new Batch();
  }

  private final class Batch implements LogBatch {
    private final CopyTable<AuditedQuery>.Rows rows = log.newRows();

    @Override
    public void add(SinkRecord record) {
      if (record instanceof AuditedQuery audited) {
        rows.add(audited);
      }
    }

    @Override
    public void complete() {
      // Its rows are all that there is.
    }

    @Override
    public void write(
        SortedMap<StreamPartition, Advance> advances,
        Supplier<List<SinkRecord>> again,
        Refusals refusals,
        Runnable partitionsHeld) {
      try (Connection connection = dataSource.getConnection()) {
        settings.ensureWanted(dataSource);
        connection.setAutoCommit(false);
        rows.write(connection);
        offsets.advance(connection, advances);
        partitionsHeld.run();
        connection.commit();
      } catch (SQLException e) {
        throw SqlFailures.translate(e);
      }
    }
  }
}
