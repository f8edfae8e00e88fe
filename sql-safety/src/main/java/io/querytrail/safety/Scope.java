package io.querytrail.safety;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What names mean at one place of a statement: the FROM entries and common tables of one query, and
 * the scope around it.
 */
final class Scope {
  private final @Nullable Scope outer;
  private final Map<String, CommonTable> commonTables;
  private final List<RowSource> sources;

  private Scope(
      @Nullable Scope outer, Map<String, CommonTable> commonTables, List<RowSource> sources) {
    this.outer = outer;
    this.commonTables = commonTables;
    this.sources = sources;
  }

  static Scope outermost() {
    return new Scope(null, new HashMap<>(), List.of());
  }

  /** The scope of a query inside. */
  Scope inner() {
    return new Scope(this, new HashMap<>(), List.of());
  }

  /** The same query with other FROM entries in sight. */
  Scope seeing(List<RowSource> visible) {
    return new Scope(outer, commonTables, visible);
  }

  @Nullable Scope outer() {
    return outer;
  }

  List<RowSource> sources() {
    return sources;
  }

  void define(CommonTable table) {
    commonTables.put(table.name(), table);
  }

  @Nullable CommonTable commonTable(String name) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      CommonTable table = scope.commonTables.get(name);
      if (table != null) {
        return table;
      }
    }
    return null;
  }
}
