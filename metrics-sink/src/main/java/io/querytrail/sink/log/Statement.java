package io.querytrail.sink.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was asked and what SQL came of it. */
public record Statement(
    String question,
    @Nullable String generatedSql,
    @Nullable String approvedSql,
    List<String> relations,
    @Nullable Integer rowCap,
    @Nullable Double planCost,
    @Nullable Double planRows) {
  public Statement {
    relations = List.copyOf(relations);
  }
}
