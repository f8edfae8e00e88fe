package io.querytrail.sink.log;

import org.jspecify.annotations.Nullable;

/**
 * What was asked and what SQL came of it.
 *
 * @param relations JSON array of what the approved SQL reads; null for none
 */
public record Statement(
    String question,
    @Nullable String generatedSql,
    @Nullable String approvedSql,
    @Nullable String relations,
    @Nullable Integer rowCap,
    @Nullable Double planCost,
    @Nullable Double planRows) {
  /** How {@link #approvedSql} is made of {@link #generatedSql}; null where it is stored whole. */
  public @Nullable String approvedEdits() {
    return ApprovedEdits.of(StorableText.of(generatedSql), StorableText.of(approvedSql));
  }
}
