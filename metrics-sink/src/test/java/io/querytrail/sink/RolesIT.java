package io.querytrail.sink;

import static io.querytrail.sink.TestEvents.adjusted;
import static io.querytrail.sink.TestEvents.alert;
import static io.querytrail.sink.TestEvents.approved;
import static io.querytrail.sink.TestEvents.attempt;
import static io.querytrail.sink.TestEvents.corrected;
import static io.querytrail.sink.TestEvents.executed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.querytrail.events.QueryAudited;
import io.querytrail.schemas.Topic;
import io.querytrail.service.DatabaseConfig;
import io.querytrail.sink.partition.PartitionCalendar;
import io.querytrail.sink.postgres.LogRoles;
import io.querytrail.sink.postgres.MonthPartitions;
import io.querytrail.sink.postgres.SinkDatabase;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/**
 * A log that the real sink fills as the writer, and readers of it who try to see more than theirs.
 */
final class RolesIT {
  private static final String OWN = "own";
  private static final String FOREIGN = "foreign";

  /** Stands in a question of the other account. */
  private static final String SECRET = "confidential takeover";

  /** A month that had no partition before its row came. */
  private static final Instant LATE = TestEvents.NOW.minus(70, ChronoUnit.DAYS);

  private static final String THIS_MONTH =
      YearMonth.now(ZoneOffset.UTC).toString().replace('-', '_');

  private static final DatabaseConfig SUPERUSER = TestServers.newDatabase();
  private static final String BOUND = TestServers.unique("bound_reader");
  private static final String UNBOUND = TestServers.unique("unbound_reader");
  private static final TestDatabase DATABASE = new TestDatabase(SUPERUSER);
  private static final TestTopics TOPICS = TestTopics.open();

  private static MetricsSink sink;

  @BeforeAll
  static void fill() throws Exception {
    TestRoles.create(SUPERUSER);
    sink = MetricsSink.start(TestRoles.sinkConfig(SUPERUSER));
    send(OWN, "mine");
    send(FOREIGN, SECRET);
    TOPICS.flush();
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> {
          assertThat(DATABASE.value("SELECT count(*) FROM ai_query_log")).isEqualTo("6");
          assertThat(DATABASE.value("SELECT count(*) FROM query_corrections")).isEqualTo("2");
          assertThat(DATABASE.value("SELECT count(*) FROM query_executions")).isEqualTo("2");
          assertThat(DATABASE.value("SELECT count(*) FROM budget_alerts")).isEqualTo("2");
          assertThat(DATABASE.value("SELECT count(*) FROM budget_adjustments")).isEqualTo("2");
          assertThat(DATABASE.value("SELECT count(*) FROM performance_metrics")).isNotEqualTo("0");
          assertThat(
                  DATABASE.value("SELECT count(*) FROM upkeep_runs WHERE job = 'percentile_views'"))
              .isEqualTo("1");
        });
    assertThat(sink.health().reasonsAgainstReady()).isEmpty();
    DATABASE.execute("SELECT refresh_percentile_views()");
    DATABASE.execute("ANALYZE");
    TestRoles.login(SUPERUSER, BOUND);
    TestRoles.login(SUPERUSER, UNBOUND);
    TestRoles.bind(SUPERUSER, BOUND, OWN);
    DATABASE.execute("GRANT querytrail_account_reader TO " + UNBOUND);
  }

  private static void send(String account, String question) {
    for (int i = 0; i < 2; i++) {
      QueryAudited audited =
          approved(account, "r" + i, attempt(1, "m", "0.01"))
              .setQuestion(question)
              .setChainSequence(10 * i)
              .build();
      TOPICS.send(Topic.AUDIT, account, audited);
      if (i == 0) {
        TOPICS.send(
            Topic.AUDIT, account, corrected(audited, "0.25", attempt(1, "m", "0.25")).build());
        TOPICS.send(Topic.EXECUTIONS, account, executed(audited, "e", 12).build());
      }
    }
    TOPICS.send(
        Topic.AUDIT,
        account,
        approved(account, "late", attempt(1, "m", "0.01"))
            .setQuestion(question)
            .setRequestedAt(LATE)
            .setDecidedAt(LATE.plusMillis(100))
            .setChainSequence(30)
            .build());
    TOPICS.send(Topic.AUDIT, account, adjusted(account, "c").setChainSequence(40).build());
    TOPICS.send(Topic.ALERTS, account, alert(account, account + "-alert").build());
  }

  @AfterAll
  static void stop() throws Exception {
    sink.close();
    TOPICS.close();
    for (String role : List.of(BOUND, UNBOUND)) {
      DATABASE.execute("DROP OWNED BY %1$s; DROP ROLE %1$s".formatted(role));
    }
  }

  private static TestDatabase as(String role) {
    return new TestDatabase(TestRoles.as(role, SUPERUSER));
  }

  private static void refused(TestDatabase database, String sql) {
    assertThatThrownBy(() -> database.execute(sql))
        .as(sql)
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> assertThat(e.getSQLState()).as("%s: %s", sql, e.getMessage()).isEqualTo("42501"));
  }

  // ---- who owns and writes

  @Test
  void givesEverythingToTheMigrator() throws Exception {
    assertThat(
            DATABASE.rows(
                """
                SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
                WHERE c.relnamespace::regnamespace::text IN ('public', 'querytrail_access')
                  AND r.rolname <> 'querytrail_migrator'
                UNION ALL
                SELECT p.proname FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
                WHERE p.pronamespace::regnamespace::text IN ('public', 'querytrail_access')
                  AND r.rolname <> 'querytrail_migrator'
                """))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DELETE FROM ai_query_log",
        "TRUNCATE ai_query_log",
        "UPDATE ai_query_log SET natural_query = 'other'",
        "UPDATE ai_query_log SET account = 'other'",
        "UPDATE llm_attempts SET cost = 0",
        "DELETE FROM budget_adjustments",
        "DELETE FROM cost_daily",
        "DROP TABLE ai_query_log",
        "ALTER TABLE ai_query_log DISABLE ROW LEVEL SECURITY",
        "CREATE TABLE public.mine (id int)",
        "INSERT INTO partition_events (table_name, month, event) VALUES ('ai_query_log', '2026-01-01', 'DROPPED')",
        "SELECT recompute_rollups('2026-11-01')",
        "SELECT querytrail_access.apply()",
        "INSERT INTO querytrail_access.reader_accounts VALUES ('querytrail_writer', 'own')",
        "SET ROLE querytrail_migrator",
        "UPDATE querytrail_schema_history SET success = false"
      })
  void letsTheWriterDoNoMoreThanTheSinkDoes(String sql) {
    refused(as(LogRoles.WRITER), sql);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DELETE FROM ai_query_log",
        "UPDATE cost_daily SET cost = 0",
        "INSERT INTO kafka_offsets SELECT * FROM kafka_offsets",
        "SELECT ensure_month_partition('ai_query_log', '2020-01-01')",
        "SELECT refresh_percentile_views()",
        "SELECT * FROM model_latency_daily",
        "CREATE TABLE public.mine (id int)"
      })
  void letsReadersChangeNothing(String sql) {
    refused(as(LogRoles.READER), sql);
    refused(as(BOUND), sql);
  }

  @Test
  void letsTheReaderSeeAllAccounts() throws Exception {
    TestDatabase reader = as(LogRoles.READER);

    for (String table : readable(LogRoles.READER)) {
      assertThat(reader.rows("SELECT * FROM " + table).size())
          .as(table)
          .isEqualTo(DATABASE.rows("SELECT * FROM " + table).size());
    }
    assertThat(
            reader.value(
                "SELECT count(DISTINCT account) FROM querytrail_access.model_latency_daily"))
        .isEqualTo("2");
  }

  // ---- what a bound reader sees

  /** All that the role may read and that names accounts. */
  private static List<String> readable(String role) throws SQLException {
    return DATABASE.rows(
        """
        SELECT c.oid::regclass FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account'
        WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace::regnamespace::text ~ '^(public$|querytrail_)'
          AND has_table_privilege(?, c.oid, 'SELECT')
        ORDER BY 1
        """,
        role);
  }

  @Test
  void showsABoundReaderItsAccountAloneInEveryTablePartitionAndView() throws Exception {
    TestDatabase bound = as(BOUND);
    List<String> seen = new ArrayList<>();

    for (String table : readable(BOUND)) {
      List<String> accounts = bound.rows("SELECT DISTINCT account FROM " + table);
      assertThat(accounts).as(table).isSubsetOf(OWN);
      if (!accounts.isEmpty()) {
        seen.add(table);
      }
      assertThat(as(UNBOUND).rows("SELECT * FROM " + table)).as(table).isEmpty();
    }

    YearMonth late = PartitionCalendar.monthOf(LATE);
    assertThat(seen)
        .contains(
            "ai_query_log",
            "ai_query_log_%s".formatted(late.toString().replace('-', '_')),
            "llm_attempts",
            "query_corrections",
            "query_executions",
            "budget_alerts",
            "budget_adjustments",
            "cost_daily",
            "cost_monthly",
            "query_performance_metrics",
            "request_settings",
            "query_log",
            "query_attempts",
            "querytrail_access.model_latency_daily",
            "querytrail_access.request_latency_daily",
            "querytrail_access.reader_accounts");
    assertThat(bound.value("SELECT count(*) FROM ai_query_log")).isEqualTo("3");
  }

  @Test
  void leavesNoTableOfAccountsWithoutRowSecurity() throws Exception {
    assertThat(
            DATABASE.rows(
                """
                SELECT c.oid::regclass FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account'
                WHERE c.relkind IN ('r', 'p') AND c.relnamespace::regnamespace::text ~ '^(public$|querytrail_)'
                  AND NOT c.relrowsecurity
                """))
        .isEmpty();
  }

  @Test
  void findsTheRowsOfABoundReaderByIndex() throws Exception {
    try (Connection connection = as(BOUND).connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET enable_seqscan = off");
      StringBuilder plan = new StringBuilder();
      try (ResultSet rows =
          statement.executeQuery(
              "EXPLAIN SELECT * FROM ai_query_log WHERE created_at >= now() - interval '1 day'")) {
        while (rows.next()) {
          plan.append(rows.getString(1)).append('\n');
        }
      }
      assertThat(plan).containsPattern("Index Cond: .*account = ANY");
    }
  }

  // ---- ways round it

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET ROLE querytrail_reader",
        "SET ROLE querytrail_writer",
        "SET ROLE querytrail_migrator",
        "SET SESSION AUTHORIZATION querytrail_reader",
        "SET row_security = off; SELECT * FROM ai_query_log",
        "SET row_security = off; COPY ai_query_log TO STDOUT",
        "INSERT INTO querytrail_access.reader_accounts (role_name, account) VALUES (current_user, 'foreign')",
        "UPDATE querytrail_access.reader_accounts SET account = 'foreign'",
        "DELETE FROM querytrail_access.reader_accounts",
        "ALTER TABLE ai_query_log DISABLE ROW LEVEL SECURITY",
        "DROP POLICY querytrail_own_accounts ON ai_query_log",
        "CREATE POLICY mine ON ai_query_log USING (true)",
        "SELECT querytrail_access.protect('ai_query_log')",
        "SELECT * FROM model_latency_daily",
        "COPY model_latency_daily TO STDOUT",
        "SELECT * FROM request_latency_daily",
        "SELECT * FROM performance_metrics",
        "SELECT * FROM kafka_offsets",
        "REFRESH MATERIALIZED VIEW model_latency_daily",
        "CREATE VIEW public.mine AS SELECT * FROM ai_query_log",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "GRANT querytrail_reader TO CURRENT_USER",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT pg_read_file('postgresql.conf')"
      })
  void refusesABoundReaderTheWaysRound(String sql) {
    refused(as(BOUND), sql);
  }

  @Test
  void seesNothingMoreAsItsGroup() throws Exception {
    try (Connection connection = as(BOUND).connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET ROLE querytrail_account_reader");
      try (ResultSet rows = statement.executeQuery("SELECT * FROM ai_query_log")) {
        assertThat(rows.next()).isFalse();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ai_query_log_%s",
        "(SELECT * FROM llm_attempts)",
        "(SELECT * FROM query_log)",
        "(SELECT * FROM querytrail_access.model_latency_daily)"
      })
  void copiesOwnRowsOnly(String source) throws Exception {
    StringWriter out = new StringWriter();
    try (Connection connection = as(BOUND).connect()) {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyOut("COPY %s TO STDOUT".formatted(source.formatted(THIS_MONTH)), out);
    }

    assertThat(out.toString()).contains(OWN).doesNotContain(FOREIGN, SECRET);
  }

  /** A condition that tells what it is shown must not be shown what the policy keeps back. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ai_query_log WHERE pg_temp.tell(account)",
        "query_log WHERE pg_temp.tell(account)",
        "query_attempts WHERE pg_temp.tell(account)",
        "ai_query_log_%s WHERE pg_temp.tell(account)",
        "cost_daily WHERE pg_temp.tell(account)",
        "querytrail_access.model_latency_daily WHERE pg_temp.tell(account)",
        "pg_temp.own_view WHERE pg_temp.tell(account)",
        "ai_query_log WHERE 1 / (length(account) - length('foreign')) <= 0",
        "ai_query_log JOIN llm_attempts AS a ON pg_temp.tell(a.account)"
      })
  void showsNothingToAFunctionThatTells(String from) throws Exception {
    try (Connection connection = as(BOUND).connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE FUNCTION pg_temp.tell(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS
            $$ BEGIN RAISE NOTICE 'told %', $1; RETURN true; END $$;
          CREATE VIEW pg_temp.own_view AS SELECT * FROM public.ai_query_log
          """);
      try (ResultSet rows = statement.executeQuery("SELECT * FROM " + from.formatted(THIS_MONTH))) {
        assertThat(rows.next()).isTrue();
      }
      List<String> told = new ArrayList<>();
      for (SQLWarning notice = statement.getWarnings();
          notice != null;
          notice = notice.getNextWarning()) {
        told.add(notice.getMessage());
      }
      assertThat(told).isSubsetOf("told " + OWN);
      if (from.contains("tell")) {
        assertThat(told).isNotEmpty();
      }
    }
  }

  @Test
  void hidesOthersValuesInPlansAndStatistics() throws Exception {
    TestDatabase bound = as(BOUND);

    assertThat(bound.rows("EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM ai_query_log").toString())
        .contains("reader_accounts")
        .doesNotContain(FOREIGN, SECRET);
    assertThat(DATABASE.value("SELECT count(*) > 0 FROM pg_stats WHERE tablename ~ 'ai_query_log'"))
        .isEqualTo("t");
    assertThat(
            bound.rows(
                """
                SELECT tablename, attname FROM pg_stats
                WHERE schemaname = 'public' AND tablename <> 'performance_metrics'
                """))
        .isEmpty();
    refused(bound, "SELECT * FROM pg_statistic");
    assertThat(
            bound.rows("SELECT query FROM pg_stat_activity WHERE usename <> current_user").stream()
                .filter(query -> !query.isEmpty())
                .distinct())
        .isSubsetOf("<insufficient privilege>");
  }

  @Test
  void keepsAMonthThatWasTakenOutProtected() throws Exception {
    YearMonth late = PartitionCalendar.monthOf(LATE);
    String table = "ai_query_log_" + late.toString().replace('-', '_');
    MonthPartitions months =
        new MonthPartitions(
            SinkDatabase.unpooled(TestRoles.as(LogRoles.MIGRATOR, SUPERUSER)),
            new PartitionCalendar(Clock.systemUTC(), 3));

    assertThat(months.detach("ai_query_log", late)).isTrue();
    try {
      assertThat(as(BOUND).rows("SELECT DISTINCT account FROM " + table)).containsExactly(OWN);
      // As one that was made from its archive.
      DATABASE.execute(
          """
          ALTER TABLE %1$s DISABLE ROW LEVEL SECURITY;
          REVOKE ALL ON %1$s FROM querytrail_reader, querytrail_account_reader, querytrail_writer
          """
              .formatted(table));
      refused(as(BOUND), "SELECT * FROM " + table);
    } finally {
      assertThat(months.attach("ai_query_log", late)).isTrue();
    }
    assertThat(as(BOUND).rows("SELECT DISTINCT account FROM " + table)).containsExactly(OWN);
  }

  // ---- setting it up

  @Test
  void refusesToBindARoleThatWouldSeeMore() throws Exception {
    String wide = TestServers.unique("wide_reader");
    TestRoles.login(SUPERUSER, wide);
    DATABASE.execute("GRANT querytrail_reader TO " + wide);
    try {
      assertThatThrownBy(() -> TestRoles.bind(SUPERUSER, wide, OWN))
          .hasMessageContaining(
              "would see more than the accounts it is bound to: it is a member of querytrail_reader");
    } finally {
      DATABASE.execute("DROP ROLE " + wide);
    }
    assertThatThrownBy(() -> TestRoles.bind(SUPERUSER, "nobody_there", OWN))
        .hasMessageContaining("CREATE ROLE nobody_there LOGIN");
    assertThatThrownBy(() -> TestRoles.bind(SUPERUSER, "postgres", OWN))
        .hasMessageContaining("it is a superuser");
  }

  @Test
  void seesAnAccountNoLongerThanItIsBound() throws Exception {
    String role = TestServers.unique("passing_reader");
    TestRoles.login(SUPERUSER, role);
    TestRoles.bind(SUPERUSER, role, OWN, FOREIGN);
    assertThat(as(role).value("SELECT count(*) FROM ai_query_log")).isEqualTo("6");

    try (Connection owner = as(LogRoles.MIGRATOR).connect()) {
      assertThat(LogRoles.unbind(owner, role, List.of(FOREIGN))).isEqualTo(1);
      assertThat(as(role).value("SELECT count(*) FROM ai_query_log")).isEqualTo("3");
      assertThat(LogRoles.bindings(owner)).contains(new LogRoles.Binding(role, OWN));
      assertThat(LogRoles.unbind(owner, role, List.of())).isEqualTo(1);
    }

    assertThat(as(role).value("SELECT count(*) FROM ai_query_log")).isEqualTo("0");
    DATABASE.execute("DROP OWNED BY %1$s; DROP ROLE %1$s".formatted(role));
  }

  @Test
  void saysWhoCanMakeTheRoles() {
    assertThatThrownBy(
            () -> {
              try (Connection connection = as(LogRoles.MIGRATOR).connect()) {
                LogRoles.create(connection);
              }
            })
        .hasMessageContaining("querytrail_migrator is no superuser")
        .hasMessageContaining("querytrail db roles --print");
  }

  @Test
  void saysWhatToDoWhereTheWriterFindsNoTables() throws Exception {
    DatabaseConfig empty = TestServers.newDatabase();
    TestRoles.create(empty);

    assertThatThrownBy(
            () -> MetricsSink.start(TestServers.sinkConfig(TestRoles.as(LogRoles.WRITER, empty))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("they lack V1, V2")
        .hasMessageContaining("Set `migrator`")
        .hasMessageContaining("querytrail db migrate");
  }

  @Test
  void takesOverTablesThatAnotherRoleMigrated() throws Exception {
    DatabaseConfig database = TestServers.newDatabase();
    TestDatabase superuser = new TestDatabase(database);
    superuser.execute("CREATE TABLE public.somebody_elses (account text)");
    SinkDatabase.migrate(superuser.dataSource());
    TestRoles.create(database);

    MetricsSink.start(TestRoles.sinkConfig(database)).close();

    assertThat(
            superuser.rows(
                """
                SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
                WHERE c.relnamespace::regnamespace::text IN ('public', 'querytrail_access') AND c.relkind <> 'i'
                  AND r.rolname <> 'querytrail_migrator'
                UNION ALL
                SELECT p.proname FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
                WHERE p.pronamespace::regnamespace::text IN ('public', 'querytrail_access')
                  AND r.rolname <> 'querytrail_migrator'
                """))
        .containsExactly("somebody_elses");
    refused(
        new TestDatabase(TestRoles.as(LogRoles.READER, database)),
        "SELECT * FROM public.somebody_elses");
  }
}
