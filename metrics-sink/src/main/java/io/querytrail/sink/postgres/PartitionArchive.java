package io.querytrail.sink.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.postgresql.PGConnection;

/**
 * A table as files: its rows as COPY writes them, gzipped; the checksum as {@code sha256sum -c}
 * reads it; and the statements that make the table and load the rows again.
 */
public final class PartitionArchive {
  /** What was written. */
  public record Written(Path file, String sha256, long rows) {}

  private static final String COLUMNS =
      """
      SELECT string_agg(format('  %I %s%s', attname, format_type(atttypid, atttypmod),
        CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END), E',\\n' ORDER BY attnum)
      FROM pg_attribute WHERE attrelid = ('public.' || ?)::regclass AND attnum > 0 AND NOT attisdropped
      """;
  private static final String CONSTRAINTS =
      """
      SELECT coalesce(string_agg(format(E',\\n  %s', pg_get_constraintdef(oid)), ''), '')
      FROM pg_constraint WHERE conrelid = ('public.' || ?)::regclass AND contype = 'p'
      """;

  private PartitionArchive() {}

  /**
   * Writes the table's files into the directory; one of that name is replaced when all is written.
   */
  static Written write(Connection connection, String table, Path directory)
      throws SQLException, IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve(table + ".copy.gz");
    Path unfinished = directory.resolve(table + ".copy.gz.unfinished");
    long rows;
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(unfinished))) {
      rows =
          connection
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyOut("COPY public." + table + " TO STDOUT", out);
    }
    String sha256 = sha256(unfinished);
    Files.writeString(directory.resolve(table + ".schema.sql"), schema(connection, table, rows));
    Files.writeString(
        directory.resolve(table + ".sha256"), sha256 + "  " + file.getFileName() + "\n");
    Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
    return new Written(file, sha256, rows);
  }

  private static String schema(Connection connection, String table, long rows) throws SQLException {
    return """
    -- %d rows. To load them again, and then `querytrail partitions attach`:
    --   psql -f %s.schema.sql && gunzip -c %s.copy.gz | psql -c 'COPY public.%s FROM STDIN'
    CREATE TABLE public.%s (
    %s%s
    );
    """
        .formatted(
            rows,
            table,
            table,
            table,
            table,
            text(connection, COLUMNS, table),
            text(connection, CONSTRAINTS, table));
  }

  private static String text(Connection connection, String sql, String table) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setString(1, table);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  /** The checksum of a file, hexadecimal. */
  static String sha256(Path file) throws IOException {
    try (InputStream in =
        new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(((DigestInputStream) in).getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
