package io.querytrail.sink.log;

/** What one Kafka record asks the store to keep: all of it or nothing. */
public sealed interface SinkRecord
    permits AuditedQuery, CorrectedQuery, BudgetPosting, ExecutedQuery, RaisedAlert {
  /** Where it stood on Kafka. */
  Source source();

  /** The request that it is about; for an alert or a posting, its own identity and time. */
  RequestKey key();

  /** What counts of records tell it by. */
  default String kind() {
    return switch (this) {
      case AuditedQuery audited -> "audited";
      case CorrectedQuery corrected -> "corrected";
      case ExecutedQuery executed -> "executed";
      case BudgetPosting posting -> "posting";
      case RaisedAlert alert -> "alert";
    };
  }
}
