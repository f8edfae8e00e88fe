package io.querytrail.cli;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What the role of a connection may do beyond SELECT. */
final class ReaderRole {
  private static final String EXCESS =
      """
      SELECT 'it is a superuser' FROM pg_roles WHERE rolname = current_user AND rolsuper
      UNION ALL
      SELECT 'it may make roles' FROM pg_roles WHERE rolname = current_user AND rolcreaterole
      UNION ALL
      SELECT 'it may make databases' FROM pg_roles WHERE rolname = current_user AND rolcreatedb
      UNION ALL
      SELECT 'it may replicate' FROM pg_roles WHERE rolname = current_user AND rolreplication
      UNION ALL
      SELECT 'it is a member of ' || rolname FROM pg_roles
      WHERE rolname IN ('pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files',
          'pg_execute_server_program', 'pg_signal_backend', 'pg_maintain', 'pg_checkpoint',
          'pg_create_subscription', 'pg_use_reserved_connections')
        AND pg_has_role(current_user, oid, 'MEMBER')
      UNION ALL
      (SELECT 'it may change ' || oid::regclass FROM pg_class
       WHERE relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
         AND (relkind IN ('r', 'p', 'v', 'f') AND (has_table_privilege(oid, 'DELETE, TRUNCATE')
             OR has_any_column_privilege(oid, 'INSERT, UPDATE'))
           OR CASE relkind WHEN 'S' THEN has_sequence_privilege(oid, 'USAGE, UPDATE') END)
       ORDER BY 1 LIMIT 3)
      UNION ALL
      (SELECT 'it may make objects in schema ' || nspname FROM pg_namespace
       WHERE nspname !~ '^pg_' AND has_schema_privilege(oid, 'CREATE')
       ORDER BY 1 LIMIT 3)
      """;

  private ReaderRole() {}

  /** Empty for a role that can only SELECT; of each kind a few examples. */
  static List<String> excess(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(EXCESS)) {
      var excess = new ArrayList<String>();
      while (rows.next()) {
        excess.add(rows.getString(1));
      }
      return excess;
    }
  }
}
