package io.querytrail.cli;

import io.querytrail.events.BudgetBalance;
import io.querytrail.events.BudgetPeriod;
import io.querytrail.events.BudgetScope;
import io.querytrail.sink.report.CostReport;
import io.querytrail.sink.report.CostReport.GroupKey;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** What the demo shows at the end, all of it read back from where it was stored. */
final class DemoSummary {
  private static final List<String> ACCOUNTS = List.of("acme", "globex", "initech");

  private final Connection connection;
  private final DataSource log;
  private final String runId;

  DemoSummary(Connection connection, String runId) {
    this.connection = connection;
    this.log = LogDatabase.open(connection.log());
    this.runId = runId;
  }

  /** Log rows of this run. */
  long rows() throws SQLException {
    return number("SELECT count(*) FROM ai_query_log WHERE request_id LIKE ?", runPattern())
        .longValue();
  }

  /** Log rows of this run that know how long their statement ran. */
  long executions() throws SQLException {
    return number(
            "SELECT count(execution_time_ms) FROM ai_query_log WHERE request_id LIKE ?",
            runPattern())
        .longValue();
  }

  /** Prints it all; false when something does not add up. */
  boolean print(int asked, int verdicts, int approved) throws SQLException {
    CostReport report = new CostReport(log);
    System.out.printf(
        "%nCost by account and model%n%n%s%n", table(report, GroupKey.ACCOUNT, GroupKey.MODEL));
    System.out.printf(
        "%nCost by account and user%n%n%s%n", table(report, GroupKey.ACCOUNT, GroupKey.USER));
    System.out.printf("%nRejections of this run%n%n%s%n", rejections());
    System.out.printf("%nBudgets%n%n%s%n%n", BudgetCommand.table(balances()));
    boolean sumsAgree = printSums(report);
    System.out.printf(
        "%d requests, %d verdicts (%d approved and run), %d rows in ai_query_log%n",
        asked, verdicts, approved, rows());
    printNextSteps();
    return sumsAgree && verdicts == asked && rows() == asked;
  }

  private static String table(CostReport report, GroupKey... by) throws SQLException {
    List<GroupKey> keys = Arrays.asList(by);
    return ReportCommand.table(keys, report.rows(keys, null, null));
  }

  private String rejections() throws SQLException {
    return query(
        """
        SELECT stage, reason, coalesce(v.rule, '') AS rule, count(*) AS requests, sum(cost) AS spent_all_the_same
        FROM ai_query_log
        LEFT JOIN LATERAL (SELECT violations -> 0 ->> 'rule' AS rule) v ON true
        WHERE request_id LIKE ? AND verdict = 'REJECTED'
        GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3
        """,
        runPattern());
  }

  /**
   * The same money, counted in four places; other accounts of the same state are not the demo's.
   */
  private boolean printSums(CostReport report) throws SQLException {
    Map<String, BigDecimal> sums = new LinkedHashMap<>();
    sums.put(
        "report cost",
        report.rows(List.of(GroupKey.ACCOUNT), null, null).stream()
            .filter(row -> ACCOUNTS.contains(row.keys().get(GroupKey.ACCOUNT)))
            .map(CostReport.Row::cost)
            .reduce(BigDecimal.ZERO, BigDecimal::add));
    String ours = " WHERE account IN (?, ?, ?)";
    String[] accounts = ACCOUNTS.toArray(String[]::new);
    sums.put(
        "ai_query_log", number("SELECT coalesce(sum(cost), 0) FROM ai_query_log" + ours, accounts));
    sums.put(
        "llm_attempts", number("SELECT coalesce(sum(cost), 0) FROM llm_attempts" + ours, accounts));
    sums.put(
        "ledger balances",
        balances().stream()
            .filter(balance -> balance.getScope() == BudgetScope.ACCOUNT)
            .filter(balance -> balance.getPeriod() == BudgetPeriod.MONTH)
            .map(BudgetBalance::getSettled)
            .reduce(BigDecimal.ZERO, BigDecimal::add));
    boolean agree = sums.values().stream().map(Json::plain).distinct().count() == 1;
    StringBuilder line = new StringBuilder(agree ? "The sums agree:" : "THE SUMS DIFFER:");
    sums.forEach((name, sum) ->
        line.append(' ')
            .append(name)
            .append(' ')
            .append(Json.plain(sum).toPlainString())
            .append(','));
    line.setCharAt(line.length() - 1, '.');
    System.out.println(line);
    return agree;
  }

  private List<BudgetBalance> balances() {
    List<BudgetBalance> all = new ArrayList<>();
    ACCOUNTS.forEach(account -> all.addAll(BudgetCommand.balances(connection.kafka(), account)));
    return all;
  }

  private void printNextSteps() throws SQLException {
    String example =
        text(
            "SELECT request_id FROM ai_query_log WHERE request_id LIKE ? AND stage = 'SAFETY' ORDER BY 1 LIMIT 1");
    System.out.printf(
        """

        Where to look next, with the stack running (./querytrail up):
          ./querytrail show %s            the whole story of one request
          ./querytrail report cost --by user,day        cost, any way round
          ./querytrail budget show initech              what is settled, held and left
          ./querytrail watch rejections --from-beginning
          ./querytrail ask "How many customers do we have?" --account acme --user ann --wait
        """,
        example);
  }

  private String runPattern() {
    return "demo-" + runId + "-%";
  }

  private BigDecimal number(String sql, String... parameters) throws SQLException {
    return new BigDecimal(first(sql, parameters));
  }

  private String text(String sql) throws SQLException {
    return first(sql, runPattern());
  }

  private String first(String sql, String... parameters) throws SQLException {
    try (java.sql.Connection database = log.getConnection();
        PreparedStatement statement = database.prepareStatement(sql)) {
      bind(statement, parameters);
      try (ResultSet result = statement.executeQuery()) {
        return result.next() ? result.getString(1) : "REQUEST-ID";
      }
    }
  }

  private String query(String sql, String... parameters) throws SQLException {
    try (java.sql.Connection database = log.getConnection();
        PreparedStatement statement = database.prepareStatement(sql)) {
      bind(statement, parameters);
      try (ResultSet result = statement.executeQuery()) {
        ResultSetMetaData columns = result.getMetaData();
        List<String> headers = new ArrayList<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
          headers.add(columns.getColumnLabel(i));
        }
        List<List<Object>> rows = new ArrayList<>();
        while (result.next()) {
          List<Object> row = new ArrayList<>();
          for (int i = 1; i <= columns.getColumnCount(); i++) {
            row.add(result.getObject(i) == null ? "" : result.getObject(i));
          }
          rows.add(row);
        }
        return Tables.of(headers, rows);
      }
    }
  }

  private static void bind(PreparedStatement statement, String... parameters) throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      statement.setString(i + 1, parameters[i]);
    }
  }
}
