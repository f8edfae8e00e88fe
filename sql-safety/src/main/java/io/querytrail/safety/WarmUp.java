package io.querytrail.safety;

import java.util.List;

/** Statements that take most of the paths through the guard. */
final class WarmUp {
  private static final int ROUNDS = 40;

  private static final DatabaseSchema SCHEMA =
      new DatabaseSchema(
          List.of(
              new RelationSchema(
                  "s",
                  "t",
                  List.of(
                      new RelationSchema.Column("id", "bigint"),
                      new RelationSchema.Column("name", "text"),
                      new RelationSchema.Column("at", "timestamp with time zone")))));

  private static final List<String> STATEMENTS =
      List.of(
          "SELECT * FROM t WHERE name ILIKE '%a%' AND at >= now() - interval '7 days' LIMIT 10",
          """
          WITH x AS (SELECT date_trunc('month', at) AS m, count(*) AS n FROM t GROUP BY 1)
          SELECT m, n, lag(n) OVER (ORDER BY m) FROM x WHERE n > 1 ORDER BY m DESC\
          """,
          """
          SELECT a.id, CASE WHEN a.name IS NULL THEN 'none' ELSE upper(b.name) END AS label
          FROM s.t a LEFT JOIN t b ON b.id = a.id AND b.at BETWEEN '2024-01-01' AND a.at
          WHERE a.id IN (SELECT id FROM t) OR NOT EXISTS (SELECT 1 FROM t c WHERE c.id = a.id)\
          """,
          "SELECT id FROM t UNION ALL (SELECT max(id)::int8 FROM t HAVING count(*) > 5)",
          "SELECT x.pg_sleep FROM t x, pg_class; DROP TABLE t",
          "SELECT pg_read_file(name), $1 FROM t FOR UPDATE",
          "SELECT id FORM t",
          "UPDATE t SET id = 1");

  private final SafetyGuard guard;

  WarmUp(SafetyGuard guard) {
    this.guard = guard;
  }

  void run() {
    var policy = SafetyPolicy.defaults(List.of("s"));
    for (int round = 0; round < ROUNDS; round++) {
      for (String statement : STATEMENTS) {
        guard.judge(statement, policy, SCHEMA);
      }
    }
    // Once each: texts of a size and depth that only attacks have.
    guard.judge("SELECT " + "(".repeat(80) + "1" + ")".repeat(80), policy, SCHEMA);
    guard.judge("SELECT 1" + " + 1".repeat(400), policy, SCHEMA);
    guard.judge("SELECT " + "id, ".repeat(900) + "id FROM t", policy, SCHEMA);
  }
}
