package io.querytrail.sink.log;

/** What one Kafka record asks the store to keep: all of it or nothing. */
public sealed interface SinkRecord
    permits AuditedQuery, CorrectedQuery, BudgetPosting, ExecutedQuery, RaisedAlert {
  /** Where it stood on Kafka. */
  Source source();

  /** The request that it is about; for an alert or a posting, its own identity and time. */
  RequestKey key();
}
