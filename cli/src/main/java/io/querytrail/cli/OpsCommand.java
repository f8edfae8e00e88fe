package io.querytrail.cli;

import io.querytrail.sink.report.OperationsReport;
import io.querytrail.sink.report.OperationsReport.Answer;
import io.querytrail.sink.report.OperationsReport.View;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The state of the log and of its server. */
@Command(
    name = "ops",
    mixinStandardHelpOptions = true,
    description =
        "The state of the log and of its server: each check with its worst finding, or one of the"
            + " views behind them. Exit code 3 when a check is critical.")
final class OpsCommand implements Callable<Integer> {
  private static final int SHOWN_CHARACTERS = 100;

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "VIEW",
      defaultValue = "health",
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  View view = View.HEALTH;

  @Option(names = "--json", description = "JSON lines.")
  boolean json;

  @Override
  public Integer call() throws SQLException {
    Answer answer = new OperationsReport(LogDatabase.open(connection.read().owner())).read(view);
    answer.notices().forEach(notice -> System.err.println("querytrail: " + notice));
    if (json) {
      for (List<@Nullable Object> row : answer.rows()) {
        System.out.println(Json.line(object(answer.columns(), row)));
      }
    } else {
      System.out.println(answer.rows().isEmpty() ? "nothing" : table(answer));
    }
    return view == View.HEALTH && isCritical(answer) ? ExitCodes.REJECTED : ExitCodes.OK;
  }

  private static boolean isCritical(Answer answer) {
    int level = answer.columns().indexOf("level");
    return answer.rows().stream().anyMatch(row -> "CRITICAL".equals(row.get(level)));
  }

  private static Map<String, @Nullable Object> object(
      List<String> columns, List<@Nullable Object> row) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      object.put(columns.get(i), row.get(i));
    }
    return object;
  }

  private static String table(Answer answer) {
    List<List<Object>> rows = new ArrayList<>();
    for (List<@Nullable Object> row : answer.rows()) {
      List<Object> cells = new ArrayList<>();
      for (@Nullable Object value : row) {
        cells.add(cell(value));
      }
      rows.add(cells);
    }
    return Tables.of(answer.columns(), rows);
  }

  /** Of a long statement its beginning, on one line. */
  private static Object cell(@Nullable Object value) {
    return switch (value) {
      case Number number -> number;
      case String text -> Tables.cut(text, SHOWN_CHARACTERS);
      case null, default -> Tables.orDash(value);
    };
  }
}
