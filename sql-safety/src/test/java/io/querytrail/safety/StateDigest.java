package io.querytrail.safety;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a server keeps, part by part: the row versions of every table and catalog (among them large
 * objects, roles and stored settings), where sequences stand, advisory locks, prepared
 * transactions, replication slots, the settings in force, and the files of the data directory that
 * are no tables.
 */
final class StateDigest {
  private static final String TABLES =
      """
      SELECT c.oid::regclass::text FROM pg_class c
      WHERE c.relkind IN ('r', 'm', 't') AND c.relpersistence <> 't' AND c.relispopulated
        AND c.relnamespace <> 'pg_toast'::regnamespace
      """;
  private static final String SEQUENCES =
      "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'S' AND relpersistence <> 't'";

  /** Each gives one text. */
  private static final Map<String, String> OTHERS =
      Map.of(
          "advisory locks",
          "SELECT string_agg(l::text, ' ' ORDER BY l::text) FROM pg_locks l WHERE locktype = 'advisory'",
          "prepared transactions",
          "SELECT string_agg(gid, ' ' ORDER BY gid) FROM pg_prepared_xacts",
          "replication slots",
          "SELECT string_agg(slot_name, ' ' ORDER BY slot_name) FROM pg_replication_slots",
          "settings",
          "SELECT md5(string_agg(name || '=' || setting, ' ' ORDER BY name)) FROM pg_settings",
          "sessions",
          "SELECT count(*)::text FROM pg_stat_activity WHERE backend_type = 'client backend'",
          "files",
          """
          SELECT string_agg(d || '/' || f || ' ' || coalesce((pg_stat_file(d || '/' || f, true)).size, 0), ' '
            ORDER BY d, f)
          FROM unnest(ARRAY['.', 'global', 'pg_tblspc', 'pg_replslot', 'pg_logical', 'pg_dynshmem',
            'pg_snapshots', 'pg_twophase']) AS d,
            LATERAL pg_ls_dir(d, true, false) AS f
          WHERE (d, f) NOT IN (('global', 'pg_internal.init'), ('.', 'postmaster.opts'))
            AND NOT (pg_stat_file(d || '/' || f, true)).isdir
          """);

  private StateDigest() {}

  static Map<String, String> of(Connection connection) throws SQLException {
    var state = new TreeMap<String, String>();
    try (Statement statement = connection.createStatement()) {
      for (String table : texts(statement, TABLES)) {
        // A row that is inserted, updated, deleted or locked has another place or other
        // transactions.
        state.put(
            table,
            texts(
                    statement,
                    "SELECT count(*) || ' ' || coalesce(sum(hashtextextended(ctid::text || ' ' || xmin || ' ' ||"
                        + " xmax, 0)::numeric), 0) FROM ONLY "
                        + table)
                .getFirst());
      }
      for (String sequence : texts(statement, SEQUENCES)) {
        state.put(
            sequence,
            texts(
                    statement,
                    "SELECT last_value || ' ' || log_cnt || ' ' || is_called FROM " + sequence)
                .getFirst());
      }
      for (Map.Entry<String, String> other : OTHERS.entrySet()) {
        state.put(other.getKey(), String.valueOf(texts(statement, other.getValue()).getFirst()));
      }
    }
    return state;
  }

  private static List<String> texts(Statement statement, String query) throws SQLException {
    var texts = new ArrayList<String>();
    try (ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        texts.add(String.valueOf(rows.getString(1)));
      }
    }
    return texts;
  }
}
