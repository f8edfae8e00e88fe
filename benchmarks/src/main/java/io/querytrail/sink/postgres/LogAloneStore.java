package io.querytrail.sink.postgres;

import io.querytrail.sink.log.AuditedQuery;
import io.querytrail.sink.log.LogBatch;
import io.querytrail.sink.log.LogStore;
import io.querytrail.sink.log.SinkRecord;
import io.querytrail.sink.log.StreamPartition;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/** Writes the log table and the offsets alone, as a sink that knows one table does. */
public final class LogAloneStore implements LogStore {
  private final DataSource dataSource;
  private final OffsetTable offsets = new OffsetTable("log-alone");
  private final SettingsTable settings = new SettingsTable();
  private final CopyTable<AuditedQuery> log = LogTables.aiQueryLog(settings::numberOf);

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
  public void write(LogBatch batch, Refusals refusals) {
    List<AuditedQuery> rows = new ArrayList<>();
    for (SinkRecord record : batch.records()) {
      if (record instanceof AuditedQuery audited) {
        rows.add(audited);
      }
    }
    try (Connection connection = dataSource.getConnection()) {
      settings.ensureFor(dataSource, rows);
      connection.setAutoCommit(false);
      offsets.advance(connection, batch.advances());
      log.write(connection, rows);
      connection.commit();
    } catch (SQLException e) {
      throw SqlFailures.translate(e);
    }
  }
}
