package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import io.querytrail.safety.RowSource.Column;
import io.querytrail.safety.RowSource.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a column reference means, as PostgreSQL does. A name that is no column is not merely
 * an error: PostgreSQL takes {@code x.pg_read_file} for a call of that function with {@code x}.
 */
final class NameResolver {
  private final Judgement judgement;

  NameResolver(Judgement judgement) {
    this.judgement = judgement;
  }

  /** A reference inside an expression. */
  void resolve(JsonNode reference, Scope scope) {
    if (Nodes.isStar(reference)) {
      RowSource source = starSource(reference, scope);
      if (source != null) {
        judgement.readAll(source, reference);
      }
      return;
    }
    List<String> names = Nodes.names(reference.path("fields"));
    switch (names.size()) {
      case 1 -> resolveBare(names.getFirst(), reference, scope);
      case 2, 3 -> resolveQualified(names, reference, scope);
      default -> unknown("Names of more than three parts are not allowed", reference);
    }
  }

  private void resolveBare(String name, JsonNode reference, Scope scope) {
    if (isColumn(name, scope)) {
      readBareColumn(name, reference, scope);
      return;
    }
    RowSource row = find(scope, null, name);
    if (row == null) {
      unknown("Column \"%s\" does not exist".formatted(name), reference);
    } else {
      judgement.readAll(row, reference);
    }
  }

  /** Whether a name without qualification is a column; if not it may be a whole row. */
  boolean isColumn(String name, Scope scope) {
    for (Scope level = scope; level != null; level = level.outer()) {
      if (RowSource.anyBare(level.sources(), source -> hasColumn(source, name))) {
        return true;
      }
    }
    return false;
  }

  private void readBareColumn(String name, JsonNode reference, Scope scope) {
    for (Scope level = scope; level != null; level = level.outer()) {
      if (RowSource.anyBare(level.sources(), source -> hasColumn(source, name))) {
        for (RowSource source : level.sources()) {
          if (source.bare()) {
            readColumns(source, name, reference);
          }
        }
        return;
      }
    }
  }

  private static boolean hasColumn(RowSource source, String name) {
    return source.kind() == Kind.UNKNOWN || source.hasColumn(name);
  }

  private void readColumns(RowSource source, String name, JsonNode reference) {
    source.columns(name).forEach(column -> judgement.readColumn(column, reference));
  }

  private void resolveQualified(List<String> names, JsonNode reference, Scope scope) {
    String schema = names.size() == 3 ? names.getFirst() : null;
    String row = names.get(names.size() - 2);
    String column = names.getLast();
    RowSource source = find(scope, schema, row);
    if (source == null) {
      unknown("There is no \"%s\" in FROM here".formatted(row), reference);
    } else if (hasColumn(source, column)) {
      readColumns(source, column, reference);
    } else {
      unknown(
          "\"%s\" has no column \"%s\"; PostgreSQL would call a function of that name"
              .formatted(row, column),
          reference);
    }
  }

  /** The innermost FROM entry of a name. */
  @Nullable RowSource find(Scope scope, @Nullable String schema, String name) {
    for (Scope level = scope; level != null; level = level.outer()) {
      for (RowSource source : level.sources()) {
        if (source.isCalled(name) && (schema == null || schema.equals(source.schema()))) {
          return source;
        }
      }
    }
    return null;
  }

  private @Nullable RowSource starSource(JsonNode reference, Scope scope) {
    JsonNode fields = reference.path("fields");
    if (fields.size() < 2 || fields.size() > 3) {
      unknown("A star is not allowed here", reference);
      return null;
    }
    String schema = fields.size() == 3 ? Nodes.name(fields.get(0)) : null;
    String name = Nodes.name(fields.get(fields.size() - 2));
    RowSource source = find(scope, schema, name);
    if (source == null) {
      unknown("There is no \"%s\" in FROM here".formatted(name), reference);
    }
    return source;
  }

  /** The names of the columns that a star among the results stands for. */
  List<String> expandStar(JsonNode reference, Scope scope) {
    List<RowSource> sources;
    if (reference.path("fields").size() == 1) {
      sources = scope.sources().stream().filter(RowSource::bare).toList();
    } else {
      RowSource source = starSource(reference, scope);
      sources = source == null ? List.of() : List.of(source);
    }
    var names = new ArrayList<String>();
    for (RowSource source : sources) {
      judgement.readAll(source, reference);
      source.columns().stream().map(Column::name).forEach(names::add);
    }
    return names;
  }

  /**
   * {@code (row).column}, where the row is a FROM entry, not a column and not a value. Returns
   * false if it is anything else.
   */
  boolean resolveField(JsonNode argument, String field, Scope scope) {
    RowSource row = rowNamed(argument, scope);
    if (row == null || !hasColumn(row, field)) {
      return false;
    }
    readColumns(row, field, argument.path("ColumnRef"));
    return true;
  }

  /** {@code (row).*}: the names of the columns, or nothing if it is not a row. */
  @Nullable List<String> expandRow(JsonNode argument, Scope scope) {
    RowSource row = rowNamed(argument, scope);
    if (row == null) {
      return null;
    }
    judgement.readAll(row, argument.path("ColumnRef"));
    return row.columns().stream().map(Column::name).toList();
  }

  private @Nullable RowSource rowNamed(JsonNode argument, Scope scope) {
    JsonNode reference = argument.path("ColumnRef");
    List<String> names = Nodes.names(reference.path("fields"));
    if (names.size() != 1 || Nodes.isStar(reference) || isColumn(names.getFirst(), scope)) {
      return null;
    }
    RowSource row = find(scope, null, names.getFirst());
    return row == null || row.kind() == Kind.VALUE ? null : row;
  }

  private void unknown(String message, JsonNode node) {
    judgement.report(SafetyRule.COLUMN_UNKNOWN, message, node);
  }
}
