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
 * The log in PostgreSQL: rows, offsets by compare-and-set, and sums, in one transaction. A writer
 * that has lost its partitions commits nothing, so the COPY needs no conflict clause.
 *
 * <p>Rows are copied before the offsets, so that the server can copy those of one batch while it
 * brings sums up to date and commits for the batch before. Moving the offsets then waits for that
 * one's commit, in the server, which so sees every wait that might be part of a circle. Where rows
 * are refused, the offsets come first: only who holds them may say what is wrong with the rows.
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
        Refusals refusals,
        Runnable partitionsHeld) {
      try {
        partitions.ensureFor(rows.months);
        writer.prepare(dataSource);
        try {
          transact(connection -> {
            writer.copy(connection, rows);
            offsets.advance(connection, advances);
            partitionsHeld.run();
            writer.finish(connection, rows);
          });
        } catch (SQLException e) {
          if (!SqlFailures.rowsRefused(e)) {
            throw e;
          }
          transact(connection -> {
            offsets.advance(connection, advances);
            partitionsHeld.run();
            refusals.take(writer.writeWhatCanBe(connection, again.get()));
          });
        }
      } catch (OffsetConflictException e) {
        if (!alreadyWritten(advances)) {
          throw e;
        }
        LOG.atInfo().log("a commit without an answer had been carried out");
      } catch (SQLException e) {
        throw SqlFailures.translate(e);
      }
    }
  }

  private void transact(Work work) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try {
        work.run(connection);
      } catch (SQLException | RuntimeException e) {
        rollback(connection, e);
        throw e;
      }
      connection.commit();
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
    try (Connection connection = dataSource.getConnection()) {
      return offsets.reached(connection, advances);
    } catch (SQLException e) {
      throw SqlFailures.translate(e);
    }
  }
}
