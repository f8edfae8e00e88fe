package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that prove, rebuild and keep the log, against a running stack. */
final class LogCommandsIT {
  private static final YearMonth CURRENT = YearMonth.now(ZoneOffset.UTC);

  @TempDir static Path directory;
  private static RunningStack stack;

  @BeforeAll
  static void start() {
    stack = RunningStack.start(directory.resolve("state"));
    stack.account("proof", "5");
    for (int i = 0; i < 3; i++) {
      assertThat(
              stack
                  .run(
                      "ask",
                      "How many customers do we have?",
                      "--account",
                      "proof",
                      "--user",
                      "u",
                      "--wait")
                  .exitCode())
          .isZero();
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(stack.rows("proof")).isEqualTo(3));
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  private static void execute(String sql) throws SQLException {
    try (java.sql.Connection connection =
            LogDatabase.open(stack.connection().owner()).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void provesTheLogFindsADifferenceAndRebuildsIt() throws Exception {
    Ran proved = stack.run("audit", "verify");
    assertThat(proved.err()).isEmpty();
    assertThat(proved.exitCode()).isZero();
    assertThat(proved.out()).contains("compared 3 records", "missing    0", "differing  0");

    execute(
        """
        DELETE FROM ai_query_log WHERE request_id = (SELECT min(request_id) FROM ai_query_log);
        UPDATE ai_query_log SET natural_query = 'other' WHERE request_id = (SELECT max(request_id) FROM ai_query_log)
        """);
    Ran found = stack.run("audit", "verify", "--json");
    assertThat(found.exitCode()).isEqualTo(ExitCodes.REJECTED);
    assertThat(found.json().path("missing").asInt()).isEqualTo(1);
    assertThat(found.json().path("differing").asInt()).isEqualTo(1);
    assertThat(found.json().path("findings").toString())
        .contains("\"detail\":\"no row\"", "\"detail\":\"natural_query\"");
    assertThat(stack.run("audit", "verify").out()).contains("missing    1", "natural_query");

    Ran rebuilt = stack.run("sink", "rebuild", "--json");
    assertThat(rebuilt.exitCode()).isZero();
    assertThat(rebuilt.json().path("added").asInt()).isEqualTo(2);
    assertThat(rebuilt.json().path("rewritten").asInt()).isEqualTo(1);
    assertThat(stack.rows("proof")).isEqualTo(3);
    assertThat(stack.run("audit", "verify").exitCode()).isZero();
    assertThat(stack.run("sink", "rebuild").out()).contains("added 0");
  }

  @Test
  void runsTheSinkAsTheWriterAndReportsAsTheReader() throws Exception {
    assertThat(stack.connection().log().user()).isEqualTo("querytrail_reader");
    assertThat(stack.run("report", "cost").out()).contains("proof");
    // Everything is the migrator's, and somebody else filled it.
    try (java.sql.Connection owner = LogDatabase.open(stack.connection().owner()).getConnection();
        Statement statement = owner.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT (SELECT relowner::regrole::text FROM pg_class WHERE oid = 'ai_query_log'::regclass),
                  (SELECT string_agg(DISTINCT usename, ',') FROM pg_stat_activity
                    WHERE application_name = 'querytrail-metrics-sink')
                """)) {
      row.next();
      assertThat(row.getString(1)).isEqualTo("querytrail_migrator");
      assertThat(row.getString(2)).isEqualTo("querytrail_writer");
    }
  }

  @Test
  void tellsHowTheLogAndItsServerAre() throws Exception {
    Ran health = stack.run("ops");
    assertThat(health.exitCode()).as(health.err()).isZero();
    assertThat(health.out()).contains("connections", "partitions", "model errors", "UNKNOWN");

    Ran slow = stack.run("ops", "slow_queries");
    assertThat(slow.exitCode()).isZero();
    assertThat(slow.out()).isEqualTo("nothing\n");
    assertThat(slow.err()).contains("pg_stat_statements is not installed");

    assertThat(stack.run("ops", "connections", "--json").json().path("available").asInt())
        .isEqualTo(97);
    assertThat(stack.run("ops", "models").out()).contains("gpt-4o-mini");
    assertThat(stack.run("ops", "nonsense").exitCode()).isEqualTo(ExitCodes.USAGE);

    execute("ALTER TABLE llm_attempts DETACH PARTITION llm_attempts_%s".formatted(month(CURRENT)));
    try {
      Ran critical = stack.run("ops");
      assertThat(critical.exitCode()).isEqualTo(ExitCodes.REJECTED);
      assertThat(critical.out()).contains("CRITICAL", "the current month has no partition");
    } finally {
      assertThat(stack.run("partitions", "attach", "--month", CURRENT.toString()).exitCode())
          .isZero();
    }
  }

  private static String month(YearMonth month) {
    return month.toString().replace('-', '_');
  }

  @Test
  void bindsAReaderToAnAccountAndSaysWhatItCannotDo() throws Exception {
    String password = Files.readString(directory.resolve("state/postgres.password")).strip();
    try (java.sql.Connection superuser =
            DriverManager.getConnection(stack.connection().log().jdbcUrl(), "postgres", password);
        Statement statement = superuser.createStatement()) {
      statement.execute("CREATE ROLE proof_reader LOGIN");
      assertThat(stack.run("db", "bind", "proof_reader", "--account", "other,proof").out())
          .isEqualTo("proof_reader sees other, proof\n");
      assertThat(stack.run("db", "readers").out()).contains("proof_reader", "other", "proof");
      assertThat(stack.run("db", "unbind", "proof_reader", "--account", "other").out())
          .isEqualTo("proof_reader sees proof\n");
      statement.execute("SET ROLE proof_reader");
      try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM ai_query_log")) {
        rows.next();
        assertThat(rows.getLong(1)).isPositive();
      }
      assertThat(stack.run("db", "unbind", "proof_reader").out())
          .isEqualTo("proof_reader sees nothing\n");
      try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM ai_query_log")) {
        rows.next();
        assertThat(rows.getLong(1)).isZero();
      }
    }
    Ran unknown = stack.run("db", "bind", "nobody_there", "--account", "proof");
    assertThat(unknown.exitCode()).isEqualTo(ExitCodes.REJECTED);
    assertThat(unknown.err()).contains("CREATE ROLE nobody_there LOGIN");
    Ran wide = stack.run("db", "bind", "querytrail_reader", "--account", "proof");
    assertThat(wide.exitCode()).isEqualTo(ExitCodes.REJECTED);
    assertThat(wide.err()).contains("would see more");
    assertThat(stack.run("db", "unbind", "nobody_there").exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(stack.run("db", "roles", "--print").out())
        .contains("CREATE ROLE", "querytrail_account_reader");
    Ran noSuperuser = stack.run("db", "roles", "--admin-user", "querytrail_migrator");
    assertThat(noSuperuser.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(stack.run("db", "migrate").out()).contains("are of this version");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "db bind somebody --account ,",
        "audit verify --from yesterday",
        "audit verify --from 2026-11-02 --to 2026-11-01",
        "audit verify --from-offset 5 --to-offset 5",
        "audit verify --partitions 999",
        "log query --limit 0",
        "log query --after nonsense",
        "log query --since yesterday",
        "log query --since 2026-11-02 --until 2026-11-01",
        "log query --min-cost 2 --max-cost 1",
        "log query --json --csv",
        "report cost --json --csv",
        "partitions list --table nonsense",
        "partitions detach --month last",
        "partitions ensure --ahead 100",
        "partitions drop",
        "partitions drop --month 2020-01",
        "partitions drop --keep-months 0 --without-archive",
        "partitions drop --keep-months 3"
      })
  void refusesWhatMeansNothing(String command) {
    Ran ran = stack.run(command.split(" "));

    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).startsWith("querytrail: ");
  }

  @Test
  void followsTheAuditChain() throws Exception {
    Ran whole = stack.run("audit", "chain", "--json");
    assertThat(whole.err()).isEmpty();
    assertThat(whole.exitCode()).isZero();
    assertThat(whole.json().path("records").asInt()).isGreaterThanOrEqualTo(3);

    // Another key did not make these seals.
    Path other = Files.writeString(directory.resolve("other-key"), "0123456789abcdef");
    Ran broken = stack.run("audit", "chain", "--key-file", other.toString());
    assertThat(broken.exitCode()).isEqualTo(ExitCodes.REJECTED);
    assertThat(broken.out()).contains("1 chains are broken", "seal");
    assertThat(stack.run("audit", "chain", "--key-file", "nowhere").exitCode())
        .isEqualTo(ExitCodes.USAGE);
  }

  @Test
  void pagesThroughTheLog() {
    Ran first = stack.run("log", "query", "--account", "proof", "--limit", "2", "--json");
    assertThat(first.err()).isEmpty();
    assertThat(first.jsonLines()).hasSize(3);
    assertThat(first.jsonLines().getFirst().path("question").asText())
        .isEqualTo("How many customers do we have?");
    assertThat(first.jsonLines().getFirst().path("cost").decimalValue()).isPositive();
    String cursor = first.jsonLines().getLast().path("next").asText();
    Ran second = stack.run("log", "query", "--account", "proof", "--after", cursor, "--json");
    assertThat(second.jsonLines()).hasSize(1);
    assertThat(first.out()).doesNotContain(second.json().path("request_id").asText());

    Ran csv = stack.run("log", "query", "--verdict", "approved", "--limit", "1", "--csv");
    assertThat(csv.out().lines()).hasSize(2);
    assertThat(csv.out()).startsWith("created_at,request_id,account,user,");
    assertThat(csv.err()).contains("go on with --after");
    assertThat(stack.run("log", "query", "--text", "HOW MANY CUSTOMERS").out())
        .contains("| proof ", "approved");
    assertThat(stack.run("log", "query", "--model", "no-such-model").out())
        .isEqualTo("no such request\n");
  }

  @Test
  void listsAndEnsuresMonths() {
    Ran list = stack.run("partitions", "list", "--table", "ai_query_log");
    assertThat(list.exitCode()).isZero();
    assertThat(list.out())
        .contains(CURRENT.toString(), CURRENT.plusMonths(3).toString(), "attached", "default");

    YearMonth far = CURRENT.plusMonths(5);
    assertThat(stack.run("partitions", "ensure", "--ahead", "5", "--dry-run").out())
        .contains("would make llm_attempts " + far);
    assertThat(stack.run("partitions", "list", "--json").out()).doesNotContain(far.toString());
    assertThat(stack.run("partitions", "ensure", "--ahead", "5").out())
        .contains("made ai_query_log " + far);
    assertThat(stack.run("partitions", "ensure", "--ahead", "5").out())
        .isEqualTo("nothing is missing\n");
  }

  @Test
  void takesAnOldMonthOutPutsItBackAndDropsIt() throws Exception {
    YearMonth old = CURRENT.minusMonths(30);
    String name = "ai_query_log_%d_%02d".formatted(old.getYear(), old.getMonthValue());
    execute("SELECT ensure_month_partition('ai_query_log', '%s-01')".formatted(old));
    String month = old.toString();

    Ran dry = stack.run("partitions", "detach", "--month", month, "--dry-run");
    assertThat(dry.out()).isEqualTo("would detach " + name + "\n");
    assertThat(stack.run("partitions", "drop", "--month", month, "--without-archive"))
        .satisfies(ran -> assertThat(ran.err()).contains("detach it first"))
        .extracting(Ran::exitCode)
        .isEqualTo(ExitCodes.REJECTED);
    assertThat(stack.run("partitions", "detach", "--month", month).out())
        .isEqualTo("detached " + name + "\n");
    assertThat(stack.run("partitions", "attach", "--month", month).out())
        .isEqualTo("attached " + name + "\n");
    assertThat(stack.run("partitions", "drop", "--keep-months", "24", "--dry-run").out())
        .isEqualTo("would drop " + name + "\n");
    Path archive = directory.resolve("archive");
    assertThat(
            stack
                .run("partitions", "drop", "--keep-months", "24", "--archive", archive.toString())
                .out())
        .isEqualTo("dropped " + name + "\n");
    assertThat(archive.resolve(name + ".copy.gz")).exists();
    assertThat(stack.run("partitions", "drop", "--keep-months", "24", "--dry-run").out())
        .isEqualTo("nothing is that old\n");
  }

  @Test
  void neverDetachesTheCurrentMonth() {
    Ran ran = stack.run("partitions", "detach", "--month", CURRENT.toString());

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.REJECTED);
    assertThat(ran.err()).contains("is not over");
  }
}
