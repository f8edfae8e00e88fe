package io.querytrail.safety;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks by keyword and by prefix let the first table through and stopped the second. */
class NaiveChecksTest {
  private final Verdicts verdicts =
      new Verdicts(
          SafetyPolicy.defaults(java.util.List.of("public")),
          SchemaScript.read(
              """
              CREATE TABLE users (id bigint, name text, email text, is_admin boolean,
                is_deleted boolean, jpg_url text, upgrade_date date, updated_at timestamptz);
              CREATE TABLE rides (id bigint, dropoff_city text, fare numeric, status text);
              """));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT 1; DELETE FROM users                              | MULTIPLE_STATEMENTS
          SELECT * FROM users; DROP TABLE users; --                | MULTIPLE_STATEMENTS
          SELECT * INTO stolen FROM users                          | SELECT_INTO
          SELECT lo_import('/etc/passwd')                          | FUNCTION_NOT_ALLOWED
          SELECT pg_read_file('/etc/passwd')                       | FUNCTION_NOT_ALLOWED
          SELECT pg_sleep(1000)                                    | FUNCTION_NOT_ALLOWED
          SELECT pg_terminate_backend(1)                           | FUNCTION_NOT_ALLOWED
          SELECT nextval('users_id_seq')                           | FUNCTION_NOT_ALLOWED
          SELECT query_to_xml('DELETE FROM users', true, true, '') | FUNCTION_NOT_ALLOWED
          UPDATE users SET is_admin=true                           | STATEMENT_TYPE
          DELETE FROM users                                        | STATEMENT_TYPE
          TRUNCATE users                                           | STATEMENT_TYPE
          COPY users TO PROGRAM 'sh'                               | STATEMENT_TYPE
          GRANT ALL ON users TO public                             | STATEMENT_TYPE
          DO $$ BEGIN DELETE FROM users; END $$                    | STATEMENT_TYPE
          CALL purge()                                             | STATEMENT_TYPE
          EXPLAIN ANALYZE DELETE FROM users                        | EXPLAIN
          WITH d AS (DELETE FROM users RETURNING *) SELECT * FROM d | DML_IN_CTE
          SELECT rolname, rolpassword FROM pg_authid               | RELATION_NOT_ALLOWED
          SELECT * FROM pg_catalog.pg_authid                       | RELATION_NOT_ALLOWED
          SELECT * FROM information_schema.tables                  | RELATION_NOT_ALLOWED
          SELECT * FROM U&"pg\\005fcatalog".pg_authid              | RELATION_NOT_ALLOWED
          SELECT * FROM "pg_catalog" . "pg_shadow"                 | RELATION_NOT_ALLOWED
          SELECT * FROM users FOR UPDATE                           | ROW_LOCK
          SELECT * FROM users WHERE id = $1                        | PARAMETER
          SELECT u.pg_read_file FROM (SELECT 'x'::text) u          | COLUMN_UNKNOWN
          SELECT * FROM users LIMIT 100000000                      | ROW_LIMIT
          """)
  void stopsWhatKeywordChecksLetThrough(String sql, String rule) {
    assertThat(verdicts.first(sql.replace("\\\\", "\\"))).as(sql).isEqualTo(rule);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM users WHERE is_deleted = false",
        "SELECT dropoff_city FROM rides",
        "WITH recent AS (SELECT * FROM rides) SELECT count(*) FROM recent",
        "-- how many users\nSELECT count(*) FROM users",
        "/* DROP TABLE users */ SELECT count(*) FROM users",
        "SELECT jpg_url FROM users",
        "SELECT upgrade_date FROM users",
        "SELECT updated_at FROM users ORDER BY updated_at DESC",
        "SELECT id FROM users WHERE name ILIKE '%information_schema%'",
        "SELECT id FROM users WHERE name = 'DROP TABLE users; --'",
        "SELECT 'please delete, update or insert' AS note",
        "SELECT replace(name, 'a', 'b') AS set FROM users",
        "(SELECT id FROM users) UNION ALL (SELECT id FROM rides)",
        "select id from users;",
        "  \n\tSELECT id FROM users  ",
        "TABLE rides",
        "VALUES (1, 'create'), (2, 'alter')",
        "SELECT count(*) AS \"execute\", max(fare) AS \"grant\" FROM rides",
        "SELECT fare FROM rides LIMIT 5",
        "SELECT status, count(*) FROM rides GROUP BY status ORDER BY count(*) DESC"
      })
  void letsThroughWhatKeywordChecksStopped(String sql) {
    assertThat(verdicts.rules(sql)).as(sql).isEmpty();
  }
}
