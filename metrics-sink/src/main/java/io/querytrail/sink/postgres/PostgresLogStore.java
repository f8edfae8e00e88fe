package io.querytrail.sink.postgres;

import io.querytrail.sink.log.Advance;
import io.querytrail.sink.log.LogBatch;
import io.querytrail.sink.log.LogStore;
import io.querytrail.sink.log.OffsetConflictException;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log in PostgreSQL: offsets first, by compare-and-set, then the rows, in one transaction. So a
 * writer that has lost its partitions writes nothing, and the COPY needs no conflict clause. A
 * batch may be filled by one thread while another writes the one before it.
 */
public final class PostgresLogStore implements LogStore {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresLogStore.class);

  private interface Work {
    void run(Connection connection) throws SQLException;
  }

  private final DataSource dataSource;
  private final PartitionKeeper partitions;
  private final OffsetTable offsets;
  private final LogWriter writer = new LogWriter();

  /** A commit was sent and its answer was not had: what it brought may already be there. */
  private boolean commitInDoubt;

  /**
   * @param writerId identity of this writer alone, kept with the offsets
   */
  public PostgresLogStore(DataSource dataSource, PartitionKeeper partitions, String writerId) {
    this.dataSource = dataSource;
    this.partitions = partitions;
    this.offsets = new OffsetTable(writerId);
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
    private final LogRows rows = writer.newRows();

    @Override
    public void add(SinkRecord record) {
      rows.add(record);
    }

    @Override
    public void complete() {
      writer.complete(rows);
    }

    @Override
    public void write(
        SortedMap<StreamPartition, Advance> advances,
        Supplier<List<SinkRecord>> again,
        Refusals refusals) {
      try {
        partitions.ensureFor(rows.months);
        writer.prepare(dataSource);
        try {
          transact(advances, connection -> writer.write(connection, rows));
        } catch (SQLException e) {
          if (!SqlFailures.rowsRefused(e)) {
            throw e;
          }
          transact(
              advances,
              connection -> refusals.take(writer.writeWhatCanBe(connection, again.get())));
        }
      } catch (OffsetConflictException e) {
        if (!alreadyWritten(advances)) {
          throw e;
        }
        LOG.atInfo().log("a commit without an answer had been carried out");
      } catch (SQLException e) {
        throw SqlFailures.translate(e);
      }
      commitInDoubt = false;
    }
  }

  private void transact(SortedMap<StreamPartition, Advance> advances, Work work)
      throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try {
        offsets.advance(connection, advances);
        work.run(connection);
      } catch (SQLException | RuntimeException e) {
        rollback(connection, e);
        throw e;
      }
      commit(connection);
    }
  }

  private void commit(Connection connection) throws SQLException {
    try {
      connection.commit();
    } catch (SQLException e) {
      commitInDoubt = true;
      throw e;
    }
  }

  private static void rollback(Connection connection, Exception cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  private boolean alreadyWritten(SortedMap<StreamPartition, Advance> advances) {
    if (!commitInDoubt) {
      return false;
    }
    try (Connection connection = dataSource.getConnection()) {
      return offsets.reached(connection, advances);
    } catch (SQLException e) {
      throw SqlFailures.translate(e);
    }
  }
}
