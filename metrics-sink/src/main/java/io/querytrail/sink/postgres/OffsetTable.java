package io.querytrail.sink.postgres;

import io.querytrail.sink.log.Advance;
import io.querytrail.sink.log.OffsetConflictException;
import io.querytrail.sink.log.StreamPartition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Where each topic partition goes on. Every change says what it expects to find. */
final class OffsetTable {
  record Position(long next, String writtenBy) {}

  private static final String READ =
      """
      SELECT next_offset, written_by FROM public.kafka_offsets
      WHERE cluster_id = ? AND topic_id = ? AND partition = ?
      """;

  /** An UPDATE alone would not wait: it passes over what had another value when it began. */
  private static final String LOCK =
      """
      SELECT FROM public.kafka_offsets
      JOIN unnest(?::text[], ?::uuid[], ?::int4[]) WITH ORDINALITY AS wanted (cluster_id, topic_id, partition, place)
        USING (cluster_id, topic_id, partition)
      ORDER BY place
      FOR UPDATE OF kafka_offsets
      """;

  private static final String MOVE =
      """
      UPDATE public.kafka_offsets SET next_offset = ?, written_by = ?, updated_at = now()
      WHERE cluster_id = ? AND topic_id = ? AND partition = ? AND next_offset = ?
      """;

  private static final String BEGIN =
      """
      INSERT INTO public.kafka_offsets (next_offset, written_by, cluster_id, topic_id, partition, topic)
      VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING
      """;

  private final String writer;

  /**
   * @param writer identity of this writer alone
   */
  OffsetTable(String writer) {
    this.writer = writer;
  }

  /** The partitions that are known. */
  Map<StreamPartition, Position> read(Connection connection, Collection<StreamPartition> partitions)
      throws SQLException {
    Map<StreamPartition, Position> positions = new TreeMap<>();
    try (PreparedStatement read = connection.prepareStatement(READ)) {
      for (StreamPartition partition : partitions) {
        read.setString(1, partition.clusterId());
        read.setObject(2, partition.topicId());
        read.setInt(3, partition.partition());
        try (ResultSet row = read.executeQuery()) {
          if (row.next()) {
            positions.put(partition, new Position(row.getLong(1), row.getString(2)));
          }
        }
      }
    }
    return positions;
  }

  /**
   * Moves all partitions on, in their order, which locks them against every other writer until the
   * end of the transaction.
   *
   * @throws OffsetConflictException when a partition is not where it is expected
   */
  void advance(Connection connection, SortedMap<StreamPartition, Advance> advances)
      throws SQLException {
    List<Map.Entry<StreamPartition, Advance>> moves = new ArrayList<>();
    List<Map.Entry<StreamPartition, Advance>> beginnings = new ArrayList<>();
    advances
        .entrySet()
        .forEach(
            entry -> (entry.getValue().expected() == Advance.NONE ? beginnings : moves).add(entry));
    move(connection, moves);
    for (Map.Entry<StreamPartition, Advance> beginning : beginnings) {
      begin(connection, beginning.getKey(), beginning.getValue());
    }
  }

  /** Whether this writer has brought all partitions that far, or further. */
  boolean reached(Connection connection, SortedMap<StreamPartition, Advance> advances)
      throws SQLException {
    Map<StreamPartition, Position> positions = read(connection, advances.keySet());
    return advances.entrySet().stream()
        .allMatch(entry -> {
          Position position = positions.get(entry.getKey());
          return position != null
              && position.writtenBy().equals(writer)
              && position.next() >= entry.getValue().next();
        });
  }

  private void move(Connection connection, List<Map.Entry<StreamPartition, Advance>> moves)
      throws SQLException {
    if (moves.isEmpty()) {
      return;
    }
    lock(connection, moves);
    try (PreparedStatement move = connection.prepareStatement(MOVE)) {
      for (Map.Entry<StreamPartition, Advance> entry : moves) {
        StreamPartition partition = entry.getKey();
        move.setLong(1, entry.getValue().next());
        move.setString(2, writer);
        move.setString(3, partition.clusterId());
        move.setObject(4, partition.topicId());
        move.setInt(5, partition.partition());
        move.setLong(6, entry.getValue().expected());
        move.addBatch();
      }
      int[] moved = move.executeBatch();
      for (int i = 0; i < moved.length; i++) {
        if (moved[i] != 1) {
          throw new OffsetConflictException(
              moves.get(i).getKey(), moves.get(i).getValue().expected());
        }
      }
    }
  }

  private static void lock(Connection connection, List<Map.Entry<StreamPartition, Advance>> moves)
      throws SQLException {
    try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
      new SqlArrays<Map.Entry<StreamPartition, Advance>>(moves)
          .text(move -> move.getKey().clusterId())
          .values(move -> move.getKey().topicId())
          .values(move -> move.getKey().partition())
          .bind(lock);
      lock.executeQuery().close();
    }
  }

  private void begin(Connection connection, StreamPartition partition, Advance advance)
      throws SQLException {
    try (PreparedStatement begin = connection.prepareStatement(BEGIN)) {
      begin.setLong(1, advance.next());
      begin.setString(2, writer);
      begin.setString(3, partition.clusterId());
      begin.setObject(4, partition.topicId());
      begin.setInt(5, partition.partition());
      begin.setString(6, partition.topic());
      if (begin.executeUpdate() != 1) {
        throw new OffsetConflictException(partition, Advance.NONE);
      }
    }
  }
}
