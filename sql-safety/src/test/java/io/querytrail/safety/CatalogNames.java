package io.querytrail.safety;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What the numbers in an analysed tree stand for, {@code schema.name} each. */
record CatalogNames(
    Map<Long, String> functions,
    Map<Long, String> operators,
    Map<Long, String> relations,
    Map<Long, Type> types,
    Set<Long> castFunctions) {

  /**
   * @param element the element's number if it is an array, otherwise 0
   * @param kind pg_type.typtype
   */
  record Type(String name, long element, String kind) {}

  static CatalogNames read(Connection connection) throws SQLException {
    var types = new HashMap<Long, Type>();
    var casts = new HashSet<Long>();
    try (Statement statement = connection.createStatement()) {
      try (ResultSet rows =
          statement.executeQuery(
              """
              SELECT oid, typnamespace::regnamespace || '.' || typname,
                CASE WHEN typcategory = 'A' THEN typelem ELSE 0 END, typtype FROM pg_type
              """)) {
        while (rows.next()) {
          types.put(
              rows.getLong(1), new Type(rows.getString(2), rows.getLong(3), rows.getString(4)));
        }
      }
      try (ResultSet rows =
          statement.executeQuery("SELECT castfunc::oid FROM pg_cast WHERE castfunc <> 0")) {
        while (rows.next()) {
          casts.add(rows.getLong(1));
        }
      }
      return new CatalogNames(
          names(statement, "SELECT oid, pronamespace::regnamespace || '.' || proname FROM pg_proc"),
          names(
              statement,
              "SELECT oid, oprnamespace::regnamespace || '.' || oprname FROM pg_operator"),
          names(
              statement, "SELECT oid, relnamespace::regnamespace || '.' || relname FROM pg_class"),
          types,
          casts);
    }
  }

  private static Map<Long, String> names(Statement statement, String query) throws SQLException {
    var names = new HashMap<Long, String>();
    try (ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        // regnamespace quotes what needs it; the guard's names are never quoted.
        names.put(rows.getLong(1), rows.getString(2).replaceFirst("^\"(.*)\"\\.", "$1."));
      }
    }
    return names;
  }

  String function(long oid) {
    return functions.getOrDefault(oid, "function " + oid);
  }

  String operator(long oid) {
    return operators.getOrDefault(oid, "operator " + oid);
  }

  String relation(long oid) {
    return relations.getOrDefault(oid, "relation " + oid);
  }

  /** A type, or the type of its elements if it is an array. */
  Type elementType(long oid) {
    Type type = types.getOrDefault(oid, new Type("type " + oid, 0, "?"));
    return type.element() == 0 ? type : elementType(type.element());
  }
}
