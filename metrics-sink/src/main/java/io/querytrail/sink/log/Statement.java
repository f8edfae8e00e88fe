package io.querytrail.sink.log;

import org.jspecify.annotations.Nullable;

/**
 * What was asked and what SQL came of it.
 *
 * @param approvedSql in full; null where nothing was approved, or where the edits tell it
 * @param approvedEdits what makes the approved SQL of the generated one; see {@link ApprovedEdits}
 * @param relations JSON array of what the approved SQL reads; null for none
 */
public record Statement(
    String question,
    @Nullable String generatedSql,
    @Nullable String approvedSql,
    @Nullable String approvedEdits,
    @Nullable String relations,
    @Nullable Integer rowCap,
    @Nullable Double planCost,
    @Nullable Double planRows) {
  /** The approved SQL as edits where they tell it. */
  public static Statement of(
      String question,
      @Nullable String generatedSql,
      @Nullable String approvedSql,
      @Nullable String relations,
      @Nullable Integer rowCap,
      @Nullable Double planCost,
      @Nullable Double planRows) {
    String edits = ApprovedEdits.of(StorableText.of(generatedSql), StorableText.of(approvedSql));
    return new Statement(
        question,
        generatedSql,
        edits == null ? approvedSql : null,
        edits,
        relations,
        rowCap,
        planCost,
        planRows);
  }
}
