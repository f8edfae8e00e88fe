package io.querytrail.generator.discovery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.querytrail.generator.check.Planning;
import io.querytrail.generator.check.Problem;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Has PostgreSQL plan a statement, and reads what it says. */
final class PlanReader {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EXPLAIN = "EXPLAIN (FORMAT JSON) ";

  /** Classes of SQLSTATE that say that the statement is wrong, and not that something is amiss. */
  private static final Set<String> STATEMENT_ERRORS = Set.of("42", "22", "0A");

  private static final String NO_PRIVILEGE = "42501";

  private PlanReader() {}

  /**
   * Sends both statements at once: planning takes less than the journey to the server.
   *
   * @param connection that commits by itself
   * @param settings a query that sets what holds until the end of the transaction
   */
  static Planning read(Connection connection, String settings, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // A question mark is an operator, and braces are text.
      statement.setEscapeProcessing(false);
      statement.execute(settings + ";" + EXPLAIN + sql);
      statement.getMoreResults();
      Planning planning;
      try (ResultSet rows = statement.getResultSet()) {
        rows.next();
        planning = plan(JSON.readTree(rows.getString(1)).path(0).path("Plan"));
      }
      return statement.getMoreResults() || statement.getUpdateCount() >= 0
          ? new Planning.Unavailable("the text is more than one statement")
          : planning;
    } catch (JsonProcessingException e) {
      return new Planning.Unavailable("the database's plan is no JSON");
    } catch (SQLException e) {
      Problem problem = problem(e, sql);
      if (problem == null) {
        throw e;
      }
      return new Planning.Refused(problem);
    }
  }

  /** Above the row cap stands a Limit; what is expected without it stands below. */
  private static Planning plan(JsonNode top) {
    JsonNode cost = top.path("Total Cost");
    JsonNode below = top.path("Plans").path(0);
    boolean capped = top.path("Node Type").asText().equals("Limit") && !below.isMissingNode();
    JsonNode rows = (capped ? below : top).path("Plan Rows");
    return cost.isNumber() && rows.isNumber()
        ? new Planning.Planned(cost.doubleValue(), rows.doubleValue())
        : new Planning.Unavailable("the database's plan has another form than expected");
  }

  private static @Nullable Problem problem(SQLException error, String sql) {
    String state = error.getSQLState();
    ServerErrorMessage server =
        error instanceof PSQLException postgres ? postgres.getServerErrorMessage() : null;
    if (state == null
        || server == null
        || state.equals(NO_PRIVILEGE)
        || !STATEMENT_ERRORS.contains(state.substring(0, 2))) {
      return null;
    }
    return Problem.at(
        server.getPosition() - EXPLAIN.length(),
        sql,
        state,
        String.valueOf(server.getMessage()),
        server.getHint());
  }
}
