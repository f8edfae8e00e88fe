package io.querytrail.safety;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a FROM clause as names see it.
 *
 * @param name by which columns may be qualified; empty if there is none
 * @param schema by which the name may be qualified further, only of a relation without alias
 * @param named whether the name is visible: under a join with an alias it is not
 * @param bare whether columns are visible without the name: under a join the join's are
 */
record RowSource(
    String name,
    @Nullable String schema,
    List<Column> columns,
    Kind kind,
    boolean named,
    boolean bare) {

  enum Kind {
    /** A row with the columns that are listed, and no others. */
    ROW,
    /** A function's plain value: the name stands for the value, which has no fields. */
    VALUE,
    /** Not allowed, and reported as such: every name is taken to be right from here on. */
    UNKNOWN
  }

  /**
   * @param origins the columns of relations that are read with it
   * @param leaves the entries of FROM that it depends on
   */
  record Column(String name, Set<ColumnName> origins, Set<JoinGraph.Leaf> leaves) {
    Column renamed(String newName) {
      return new Column(newName, origins, leaves);
    }
  }

  /** A column of a relation. */
  record ColumnName(RelationSchema relation, String column) {}

  RowSource {
    columns = List.copyOf(columns);
  }

  static RowSource of(String name, List<Column> columns, Kind kind) {
    return new RowSource(name, null, columns, kind, !name.isEmpty(), true);
  }

  List<Column> columns(String wanted) {
    List<Column> found = List.of();
    for (Column column : columns) {
      if (column.name().equals(wanted)) {
        if (found.isEmpty()) {
          found = List.of(column);
        } else {
          found = new ArrayList<>(found);
          found.add(column);
        }
      }
    }
    return found;
  }

  boolean hasColumn(String wanted) {
    for (Column column : columns) {
      if (column.name().equals(wanted)) {
        return true;
      }
    }
    return false;
  }

  boolean isCalled(String wantedName) {
    return named && name.equals(wantedName);
  }

  RowSource withoutBareColumns() {
    return new RowSource(name, schema, columns, kind, named, false);
  }

  /** With an alias, and as many columns renamed as it names. */
  RowSource aliased(String alias, List<String> columnNames) {
    return new RowSource(alias, null, renamed(columns, columnNames), kind, true, bare);
  }

  static List<Column> renamed(List<Column> columns, List<String> names) {
    var result = new ArrayList<Column>();
    for (int i = 0; i < columns.size(); i++) {
      result.add(i < names.size() ? columns.get(i).renamed(names.get(i)) : columns.get(i));
    }
    return result;
  }

  static boolean anyBare(List<RowSource> sources, Predicate<RowSource> condition) {
    for (RowSource source : sources) {
      if (source.bare() && condition.test(source)) {
        return true;
      }
    }
    return false;
  }
}
