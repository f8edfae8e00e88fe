package io.querytrail.safety;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * PostgreSQL's own regression suite against the guard: each file is run by an owner of everything,
 * and each statement that the guard approves under a policy that allows all tables and turns off
 * what can be turned off is run for real by a reader, where it comes up and again at the end of its
 * file. It may change nothing, read no catalog and call no function that is not on the list.
 */
class PostgresSuiteRegression {
  private static final Path REPORT = Path.of("target/postgres-regression");

  private final SafetyGuard guard = new SafetyGuard();
  private final SortedSet<String> harms = new TreeSet<>();
  private final SortedSet<String> timeouts = new TreeSet<>();
  private final Set<String> ran = new HashSet<>();
  private final Set<String> refused = new HashSet<>();
  private final Map<String, String> rejections = new TreeMap<>();
  private int statements;
  private int approvals;
  private int runs;
  private DatabaseSchema schema = new DatabaseSchema(List.of());
  private SafetyPolicy policy = SafetyPolicy.defaults(List.of("public"));
  private CatalogNames catalog = new CatalogNames(Map.of(), Map.of(), Map.of(), Map.of(), Set.of());

  @TempDir Path directory;

  @Test
  void whatIsApprovedChangesNothingReadsNoCatalogAndCallsOnlyWhatIsListed() throws Exception {
    try (RegressionServer server = RegressionServer.start(directory.resolve("pg"))) {
      catalog = server.catalog();
      for (Path file : RegressionSuite.files()) {
        long start = System.nanoTime();
        run(file, server);
        System.out.printf(
            "%s: %d statements so far, %d runs, %d ms%n",
            file.getFileName(), statements, runs, (System.nanoTime() - start) / 1_000_000);
      }
    }
    report();
    assertThat(harms).isEmpty();
    assertThat(ran).hasSizeGreaterThan(1_000);
  }

  private void run(Path file, RegressionServer server) throws Exception {
    List<PsqlScript.Command> commands = RegressionSuite.commands(file);
    statements += commands.size();
    try (var reader = new ReaderSession(server.reader())) {
      Connection owner = server.owner();
      boolean changed = true;
      for (PsqlScript.Command command : commands) {
        // What a transaction does is not seen before its end, and it may hold locks on catalogs.
        boolean idle =
            owner.unwrap(BaseConnection.class).getTransactionState() == TransactionState.IDLE;
        if (idle && changed) {
          refresh(server);
          changed = false;
        }
        boolean approved = idle && judgeAndRun(command.sql(), server, reader);
        owner = runAsOwner(command, owner, server, approved);
        changed |= !command.sql().regionMatches(true, 0, "select", 0, 6);
      }
      owner.close();
      server.endPreparedTransactions();
      refresh(server);
      Map<String, String> before = server.state();
      for (PsqlScript.Command command : commands) {
        judgeAndRun(command.sql(), server, reader);
      }
      Map<String, String> after = server.state();
      if (!after.equals(before)) {
        harms.add(file.getFileName() + " changed " + difference(before, after));
      }
    }
  }

  private static Map<String, String> difference(
      Map<String, String> before, Map<String, String> after) {
    var difference = new TreeMap<String, String>();
    after.forEach((part, digest) -> {
      if (!digest.equals(before.get(part))) {
        difference.put(part, before.get(part) + " became " + digest);
      }
    });
    return difference;
  }

  private void refresh(RegressionServer server) throws SQLException {
    schema = server.schema();
    var schemas = new LinkedHashSet<String>(List.of("public"));
    schema.relations().forEach(relation -> schemas.add(relation.schema()));
    policy = SafetyPolicy.defaults(List.copyOf(schemas)).withRuleSeverities(everythingOff());
  }

  private static Map<String, Severity> everythingOff() {
    var severities = new HashMap<String, Severity>();
    for (SafetyRule rule : SafetyRule.values()) {
      if (rule.adjustable()) {
        severities.put(rule.name(), Severity.OFF);
      }
    }
    return severities;
  }

  private boolean judgeAndRun(String sql, RegressionServer server, ReaderSession reader)
      throws SQLException {
    switch (guard.judge(sql, policy, schema)) {
      case SafetyVerdict.Approved approved -> {
        approvals++;
        run(sql, approved, server, reader);
        return true;
      }
      case SafetyVerdict.Rejected rejected -> {
        rejections.putIfAbsent(
            sql,
            rejected.violations().stream()
                .map(violation -> violation.rule() + ": " + violation.message())
                .collect(Collectors.joining("; ")));
        return false;
      }
    }
  }

  private void run(
      String sql, SafetyVerdict.Approved approved, RegressionServer server, ReaderSession reader)
      throws SQLException {
    runs++;
    String tree =
        switch (reader.run(approved.sql())) {
          case ReaderSession.Outcome.Ran(String analysed) -> {
            ran.add(approved.sql());
            yield analysed;
          }
          case ReaderSession.Outcome.TimedOut(String analysed) -> {
            timeouts.add(sql);
            yield analysed;
          }
          case ReaderSession.Outcome.Refused(String analysed, String message) -> {
            refused.add(message.lines().findFirst().orElse("") + " | " + approved.sql());
            yield analysed;
          }
          case ReaderSession.Outcome.Harmed(String what) -> {
            harms.add(what + " | " + approved.sql());
            yield "";
          }
        };
    for (String objection : objections(tree, approved, server)) {
      harms.add(objection + " | " + approved.sql());
    }
  }

  private List<String> objections(
      String tree, SafetyVerdict.Approved approved, RegressionServer server) throws SQLException {
    Set<String> visible =
        schema.relations().stream().map(RelationSchema::qualifiedName).collect(Collectors.toSet());
    Set<String> reported = Set.copyOf(approved.relations());
    List<String> objections = new TreeObjections(catalog, visible, reported).to(tree);
    if (objections.isEmpty()) {
      return objections;
    }
    // The suite may have made, or renamed, what the tree names.
    catalog = server.catalog();
    return new TreeObjections(catalog, visible, reported).to(tree);
  }

  /** Runs what the suite says; what fails fails there too. Returns the connection to go on with. */
  private Connection runAsOwner(
      PsqlScript.Command command, Connection owner, RegressionServer server, boolean approved)
      throws SQLException {
    try (Statement statement = owner.createStatement()) {
      if (!command.copyData().isEmpty()) {
        owner
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn(command.sql(), new StringReader(command.copyData()));
      } else if (!approved) {
        statement.execute(command.sql());
        rejections.computeIfPresent(
            command.sql(), (sql, why) -> why.startsWith("ran ") ? why : "ran " + why);
      }
    } catch (SQLException | IOException e) {
      if (owner.isClosed() || !owner.isValid(5)) {
        return server.owner();
      }
    }
    return owner;
  }

  private void report() throws IOException {
    Files.createDirectories(REPORT);
    Files.write(REPORT.resolve("timeouts.txt"), timeouts);
    Files.write(REPORT.resolve("refused-by-the-server.txt"), refused.stream().sorted().toList());
    var lines = new ArrayList<String>();
    rejections.forEach((sql, why) -> lines.add(why + " | " + sql.replace('\n', ' ')));
    Files.write(REPORT.resolve("rejections.txt"), lines.stream().sorted().toList());
    Files.write(REPORT.resolve("harms.txt"), harms);
    System.out.printf(
        "regression suite: %d statements, %d approvals, %d runs; %d different statements ran to their"
            + " end, %d were refused by the server, %d stopped by the timeout, %d did harm%n",
        statements, approvals, runs, ran.size(), refused.size(), timeouts.size(), harms.size());
    timeouts.forEach(sql -> System.out.println("timeout: " + sql));
  }
}
