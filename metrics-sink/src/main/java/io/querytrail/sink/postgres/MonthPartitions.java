package io.querytrail.sink.postgres;

import io.querytrail.sink.log.StoreUnavailableException;
import io.querytrail.sink.partition.PartitionCalendar;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Takes months out of the log, puts them back, and drops them. Callers take turns, over all
 * instances, so several may do the same at once. Never touches the current month or a later one.
 */
public final class MonthPartitions {
  /** The partitioned tables. */
  public static final List<String> TABLES = PartitionKeeper.TABLES;

  /** Where the rows of a month are. */
  public enum State {
    /** In the log. */
    ATTACHED,
    /** In a table of their own. */
    DETACHED,
    /** Rows of no month that has a partition. */
    DEFAULT
  }

  /**
   * A month of a table.
   *
   * @param month null for the default partition
   * @param rows as far as statistics know; exact for the default partition
   * @param bytes with indexes
   */
  public record Part(String table, @Nullable YearMonth month, State state, long rows, long bytes) {
    /** Name of the table that holds the rows. */
    public String name() {
      return month == null ? table + "_default" : partitionName(table, month);
    }
  }

  /** A month that is not what the operation needs; nothing was changed. */
  public static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  private static final String LIST =
      """
      SELECT parent.name AS parent, c.relname AS name, i.inhrelid IS NOT NULL AS attached,
        greatest(c.reltuples, 0)::bigint AS row_count, pg_total_relation_size(c.oid) AS bytes
      FROM unnest(?::text[]) AS parent (name)
      JOIN pg_class c ON c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
        AND (c.relname = parent.name || '_default' OR c.relname ~ ('^' || parent.name || '_[0-9]{4}_[0-9]{2}$'))
      LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
      ORDER BY parent.name, c.relname
      """;

  private static final String TAKE_TURNS =
      "SELECT pg_advisory_xact_lock(hashtextextended('querytrail.ensure_month_partition', 0))";

  /**
   * Detaching locks the whole table for a moment. Whoever reads it for long is let finish: the lock
   * is asked for again and again, and never waited for so long that others wait behind it.
   */
  private static final String LOCK_TIMEOUT = "SET LOCAL lock_timeout = '200ms'";

  private static final int LOCK_ATTEMPTS = 100;
  private static final long LOCK_PAUSE_NANOS = 300_000_000L;
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private interface Work {
    void run(Connection connection) throws SQLException;
  }

  private final DataSource dataSource;
  private final PartitionCalendar calendar;

  public MonthPartitions(DataSource dataSource, PartitionCalendar calendar) {
    this.dataSource = dataSource;
    this.calendar = calendar;
  }

  static String partitionName(String table, YearMonth month) {
    return "%s_%04d_%02d".formatted(table, month.getYear(), month.getMonthValue());
  }

  /** All months of these tables and their default partitions, by table and month. */
  public List<Part> list(List<String> tables) throws SQLException {
    List<Part> parts = new ArrayList<>();
    try (Connection connection = dataSource.getConnection();
        PreparedStatement list = connection.prepareStatement(LIST)) {
      list.setArray(1, connection.createArrayOf("text", tables.toArray()));
      try (ResultSet rows = list.executeQuery()) {
        while (rows.next()) {
          parts.add(part(rows));
        }
      }
      List<Part> exact = new ArrayList<>();
      for (Part part : parts) {
        exact.add(part.state() == State.DEFAULT ? counted(connection, part) : part);
      }
      return exact;
    }
  }

  private static Part part(ResultSet rows) throws SQLException {
    String table = rows.getString("parent");
    String name = rows.getString("name");
    String suffix = name.substring(table.length() + 1);
    boolean stray = suffix.equals("default");
    return new Part(
        table,
        stray ? null : YearMonth.parse(suffix.replace('_', '-')),
        stray ? State.DEFAULT : rows.getBoolean("attached") ? State.ATTACHED : State.DETACHED,
        rows.getLong("row_count"),
        rows.getLong("bytes"));
  }

  private static Part counted(Connection connection, Part part) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet count = statement.executeQuery("SELECT count(*) FROM public." + part.name())) {
      count.next();
      return new Part(part.table(), part.month(), part.state(), count.getLong(1), part.bytes());
    }
  }

  /**
   * Takes the month out of the log; its rows stay, in a table of their own. Reads no rows.
   *
   * @return false when it was out already
   * @throws RefusedException for the current month or a later one, or one that is not there
   */
  public boolean detach(String table, YearMonth month) throws SQLException {
    requirePast(month);
    Part part = find(table, month);
    if (part.state() == State.DETACHED) {
      return false;
    }
    boolean[] done = new boolean[1];
    inTurn(connection -> {
      done[0] = isAttached(connection, part.name());
      if (done[0]) {
        // Not CONCURRENTLY: PostgreSQL refuses that beside a default partition.
        execute(
            connection,
            "ALTER TABLE public.%s DETACH PARTITION public.%s".formatted(table, part.name()));
        PartitionEvents.add(connection, table, month, "DETACHED", null, null, null);
      }
    });
    return done[0];
  }

  /**
   * Puts a detached month back. Rows of it that came meanwhile are joined with it.
   *
   * @return false when it was in the log already
   * @throws RefusedException when there is no such table
   */
  public boolean attach(String table, YearMonth month) throws SQLException {
    Part part = find(table, month);
    if (part.state() == State.ATTACHED) {
      return false;
    }
    boolean[] done = new boolean[1];
    inTurn(connection -> {
      done[0] = !isAttached(connection, part.name());
      if (done[0]) {
        attachNow(connection, table, month, part.name());
      }
    });
    return done[0];
  }

  private static void attachNow(
      Connection connection, String table, YearMonth month, String partition) throws SQLException {
    // It may be of a time when the log had other columns.
    execute(connection, "SELECT public.narrow_table('public.%s')".formatted(partition));
    String column = PartitionEvents.timeColumn(connection, table);
    String from = month.atDay(1) + " 00:00:00+00";
    String to = month.plusMonths(1).atDay(1) + " 00:00:00+00";
    execute(connection, "LOCK TABLE public.%s_default IN ACCESS EXCLUSIVE MODE".formatted(table));
    execute(
        connection,
        """
        WITH moved AS (DELETE FROM public.%s_default WHERE %s >= '%s' AND %s < '%s' RETURNING *)
        INSERT INTO public.%s SELECT * FROM moved ON CONFLICT DO NOTHING
        """
            .formatted(table, column, from, column, to, partition));
    execute(
        connection,
        "ALTER TABLE public.%s ATTACH PARTITION public.%s FOR VALUES FROM ('%s') TO ('%s')"
            .formatted(table, partition, from, to));
    // It may have been made from its archive, and has neither privileges nor row security then.
    execute(
        connection, "SELECT querytrail_access.protect('public.%s'::regclass)".formatted(partition));
    PartitionEvents.add(connection, table, month, "ATTACHED", null, null, null);
  }

  /**
   * Writes a detached month to a file, with its checksum and its schema beside it.
   *
   * @throws RefusedException when the month is not detached
   */
  public PartitionArchive.Written archive(String table, YearMonth month, Path directory)
      throws SQLException, IOException {
    Part part = find(table, month);
    requireDetached(part);
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      PartitionArchive.Written written = PartitionArchive.write(connection, part.name(), directory);
      PartitionEvents.add(
          connection,
          table,
          month,
          "ARCHIVED",
          written.rows(),
          written.file().toAbsolutePath().toString(),
          written.sha256());
      connection.commit();
      return written;
    }
  }

  /**
   * Drops a detached month.
   *
   * @param archived an archive that still fits: checksum and rows are compared first; null drops
   *     the rows for good
   * @throws RefusedException when the month is not detached, not past, or not as archived
   */
  public void drop(String table, YearMonth month, PartitionArchive.@Nullable Written archived)
      throws SQLException, IOException {
    requirePast(month);
    Part part = find(table, month);
    requireDetached(part);
    if (archived != null && !archived.sha256().equals(PartitionArchive.sha256(archived.file()))) {
      throw new RefusedException(
          "the archive " + archived.file() + " is not what was written; nothing was dropped");
    }
    inTurn(connection -> {
      // Others may have done it while this one waited for its turn.
      if (isAttached(connection, part.name())) {
        throw new RefusedException(part.name() + " was attached again; nothing was dropped");
      }
      execute(connection, "LOCK TABLE public.%s IN ACCESS EXCLUSIVE MODE".formatted(part.name()));
      long rows = counted(connection, part).rows();
      if (archived != null && rows != archived.rows()) {
        throw new RefusedException(
            "%s has %d rows and its archive %d; nothing was dropped"
                .formatted(part.name(), rows, archived.rows()));
      }
      execute(connection, "DROP TABLE public." + part.name());
      PartitionEvents.add(
          connection,
          table,
          month,
          "DROPPED",
          rows,
          archived == null ? null : archived.file().toAbsolutePath().toString(),
          archived == null ? null : archived.sha256());
    });
  }

  /** The months of a table of which a policy of so many months keeps nothing, oldest first. */
  public List<Part> olderThan(List<String> tables, int months) throws SQLException {
    YearMonth first = calendar.upcoming().getFirst().minusMonths(months);
    return list(tables).stream()
        .filter(part -> part.month() != null && part.month().isBefore(first))
        .toList();
  }

  private Part find(String table, YearMonth month) throws SQLException {
    return list(List.of(table)).stream()
        .filter(part -> month.equals(part.month()))
        .findFirst()
        .orElseThrow(
            () -> new RefusedException("there is no table " + partitionName(table, month)));
  }

  private void requirePast(YearMonth month) {
    YearMonth current = calendar.upcoming().getFirst();
    if (!month.isBefore(current)) {
      throw new RefusedException(
          month + " is not over: only months before " + current + " can leave the log");
    }
  }

  private static void requireDetached(Part part) {
    if (part.state() != State.DETACHED) {
      throw new RefusedException(part.name() + " is part of the log; detach it first");
    }
  }

  private static boolean isAttached(Connection connection, String name) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            SELECT EXISTS (SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
              WHERE c.relname = ? AND c.relnamespace = 'public'::regnamespace)
            """)) {
      query.setString(1, name);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }

  private void inTurn(Work work) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try (Connection connection = dataSource.getConnection()) {
        connection.setAutoCommit(false);
        try {
          execute(connection, TAKE_TURNS);
          execute(connection, LOCK_TIMEOUT);
          work.run(connection);
          connection.commit();
          return;
        } catch (SQLException | RuntimeException e) {
          connection.rollback();
          throw e;
        }
      } catch (SQLException e) {
        if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
          throw e;
        }
        if (attempt == LOCK_ATTEMPTS) {
          throw new StoreUnavailableException(
              "somebody holds the table all the time: " + e.getMessage(), e);
        }
        LockSupport.parkNanos(LOCK_PAUSE_NANOS);
      }
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
