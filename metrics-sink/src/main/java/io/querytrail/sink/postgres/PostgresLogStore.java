package io.querytrail.sink.postgres;

import io.querytrail.sink.log.LogBatch;
import io.querytrail.sink.log.LogStore;
import io.querytrail.sink.log.OffsetConflictException;
import io.querytrail.sink.log.StreamPartition;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log in PostgreSQL: offsets first, by compare-and-set, then the rows, in one transaction. So a
 * writer that has lost its partitions writes nothing, and the COPY needs no conflict clause. For
 * use by one thread.
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
  public void write(LogBatch batch, Refusals refusals) {
    try {
      partitions.ensureFor(batch.records().stream().map(record -> record.key().createdAt()));
      writer.prepare(dataSource, batch.records());
      try {
        transact(batch, connection -> writer.write(connection, batch.records()));
      } catch (SQLException e) {
        if (!SqlFailures.rowsRefused(e)) {
          throw e;
        }
        transact(
            batch, connection -> refusals.take(writer.writeWhatCanBe(connection, batch.records())));
      }
    } catch (OffsetConflictException e) {
      if (!alreadyWritten(batch)) {
        throw e;
      }
      LOG.atInfo().log("a commit without an answer had been carried out");
    } catch (SQLException e) {
      throw SqlFailures.translate(e);
    }
    commitInDoubt = false;
  }

  private void transact(LogBatch batch, Work work) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try {
        offsets.advance(connection, batch.advances());
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

  private boolean alreadyWritten(LogBatch batch) {
    if (!commitInDoubt) {
      return false;
    }
    try (Connection connection = dataSource.getConnection()) {
      return offsets.reached(connection, batch.advances());
    } catch (SQLException e) {
      throw SqlFailures.translate(e);
    }
  }
}
