package io.querytrail.sink.kafka;

import io.querytrail.events.BudgetAdjusted;
import io.querytrail.events.BudgetAlert;
import io.querytrail.events.QueryAudited;
import io.querytrail.events.QueryCorrected;
import io.querytrail.events.QueryExecuted;
import io.querytrail.schemas.EventDeserializer;
import io.querytrail.schemas.EventHeaders;
import io.querytrail.schemas.Topic;
import io.querytrail.schemas.TraceParent;
import io.querytrail.sink.log.AuditedQuery;
import io.querytrail.sink.log.BudgetPosting;
import io.querytrail.sink.log.ChainLink;
import io.querytrail.sink.log.CorrectedQuery;
import io.querytrail.sink.log.Decision;
import io.querytrail.sink.log.ExecutedQuery;
import io.querytrail.sink.log.Generation;
import io.querytrail.sink.log.Latencies;
import io.querytrail.sink.log.RaisedAlert;
import io.querytrail.sink.log.RequestKey;
import io.querytrail.sink.log.RequestSettings;
import io.querytrail.sink.log.Requester;
import io.querytrail.sink.log.SinkRecord;
import io.querytrail.sink.log.Source;
import io.querytrail.sink.log.Statement;
import java.nio.charset.StandardCharsets;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/** Makes rows of records: the only place that knows both the events and the log. */
final class EventMapper {
  private final EventDeserializer events;

  EventMapper(EventDeserializer events) {
    this.events = events;
  }

  /**
   * What the record asks to be kept.
   *
   * @throws UnusableRecordException when it is none of the topic's events, or says what cannot be
   */
  SinkRecord map(ConsumerRecord<byte[], byte[]> record) {
    SpecificRecord event = decode(record);
    Source source = new Source(record.topic(), record.partition(), record.offset());
    try {
      return switch (event) {
        case QueryAudited audited when from(record, Topic.AUDIT) ->
            audited(audited, source, record);
        case QueryCorrected corrected when from(record, Topic.AUDIT) ->
            corrected(corrected, source);
        case BudgetAdjusted adjusted when from(record, Topic.AUDIT) -> posting(adjusted, source);
        case QueryExecuted executed when from(record, Topic.EXECUTIONS) ->
            executed(executed, source, record);
        case BudgetAlert alert when from(record, Topic.ALERTS) -> alert(alert, source);
        default ->
            throw new UnusableRecordException(
                "UNEXPECTED_EVENT",
                event.getSchema().getName() + " does not belong on " + record.topic(),
                null);
      };
    } catch (IllegalArgumentException e) {
      throw new UnusableRecordException("INVALID_VALUE", String.valueOf(e.getMessage()), e);
    }
  }

  private SpecificRecord decode(ConsumerRecord<byte[], byte[]> record) {
    SpecificRecord event;
    try {
      event = events.deserialize(record.topic(), record.value());
    } catch (SerializationException e) {
      throw new UnusableRecordException(
          SerializationException.class.getSimpleName(), String.valueOf(e.getMessage()), e);
    }
    if (event == null) {
      throw new UnusableRecordException("NO_VALUE", "the record has no value", null);
    }
    return event;
  }

  private static boolean from(ConsumerRecord<byte[], byte[]> record, Topic topic) {
    return record.topic().equals(topic.topicName());
  }

  private static AuditedQuery audited(
      QueryAudited event, Source source, ConsumerRecord<byte[], byte[]> record) {
    return new AuditedQuery(
        source,
        new RequestKey(event.getRequestedAt(), event.getRequestId(), event.getAccount()),
        new Requester(event.getUser(), event.getTeam(), event.getDatasource()),
        Statement.of(
            event.getQuestion(),
            event.getGeneratedSql(),
            event.getApprovedSql(),
            EventParts.relations(event.getRelations()),
            event.getRowCap(),
            event.getPlan() == null ? null : Double.valueOf(event.getPlan().getTotalCost()),
            event.getPlan() == null ? null : Double.valueOf(event.getPlan().getRows())),
        new Decision(
            event.getVerdict().name(),
            event.getStage() == null ? null : event.getStage().name(),
            event.getReason(),
            event.getMessage(),
            EventParts.violations(event.getViolations()),
            EventParts.receipt(event.getReceipt()),
            event.getDecidedAt()),
        new Generation(
            event.getProvider(),
            event.getModel(),
            event.getCacheHit(),
            event.getCacheTier(),
            event.getCacheAgeMillis(),
            event.getDegraded(),
            event.getRepairs()),
        EventParts.attempts(event.getAttempts()),
        event.getCost(),
        new RequestSettings(
            event.getAccount(),
            event.getPolicyVersion(),
            event.getCurrency(),
            event.getPriceVersion(),
            event.getSchemaFingerprint(),
            event.getPromptVersion(),
            event.getChainKeyId()),
        new Latencies(
            event.getQueueMillis(),
            event.getSchemaMillis(),
            event.getModelMillis(),
            event.getExplainMillis(),
            event.getSafetyMicros()),
        event.getRequestPartition(),
        event.getRequestOffset(),
        traceId(event, record),
        EventParts.tags(event.getTags()),
        new ChainLink(event.getChainSequence(), event.getChainKeyId(), event.getChainHash()));
  }

  private static @Nullable String traceId(
      QueryAudited event, ConsumerRecord<byte[], byte[]> record) {
    return event.getTraceId() != null
        ? event.getTraceId()
        : EventHeaders.trace(record.headers()).map(TraceParent::traceId).orElse(null);
  }

  private static CorrectedQuery corrected(QueryCorrected event, Source source) {
    return new CorrectedQuery(
        source,
        new RequestKey(event.getRequestedAt(), event.getRequestId(), event.getAccount()),
        new Requester(event.getUser(), event.getTeam(), event.getDatasource()),
        event.getReason(),
        EventParts.attempts(event.getAttempts()),
        event.getDelta(),
        event.getCurrency(),
        event.getPriceVersion(),
        event.getCorrectedAt(),
        new ChainLink(event.getChainSequence(), event.getChainKeyId(), event.getChainHash()));
  }

  private static BudgetPosting posting(BudgetAdjusted event, Source source) {
    return new BudgetPosting(
        source,
        event.getAccount(),
        event.getCommandId(),
        event.getScope().name(),
        event.getScopeKey(),
        event.getPeriod().name(),
        event.getPeriodName(),
        event.getReset(),
        event.getAmount(),
        event.getSettled(),
        event.getCurrency(),
        event.getReason(),
        event.getRequestedBy(),
        event.getAdjustedAt(),
        new ChainLink(event.getChainSequence(), event.getChainKeyId(), event.getChainHash()));
  }

  /** Anybody may write executions, so the key must show that the account is the writer's own. */
  private static ExecutedQuery executed(
      QueryExecuted event, Source source, ConsumerRecord<byte[], byte[]> record) {
    String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
    if (!key.equals(event.getAccount())) {
      throw new UnusableRecordException(
          "KEY_MISMATCH", "the record key is not the account of the event", null);
    }
    return new ExecutedQuery(
        source,
        new RequestKey(event.getRequestedAt(), event.getRequestId(), event.getAccount()),
        event.getExecutionId(),
        event.getStatus().name(),
        event.getExecutionTimeMillis(),
        event.getRows(),
        event.getError(),
        event.getSqlState(),
        event.getExecutedAt(),
        event.getExecutor());
  }

  private static RaisedAlert alert(BudgetAlert event, Source source) {
    return new RaisedAlert(
        source,
        event.getAlertId(),
        event.getAccount(),
        event.getScope().name(),
        event.getScopeKey(),
        event.getPeriod().name(),
        event.getPeriodName(),
        event.getKind().name(),
        event.getThresholdPercent(),
        event.getCurrency(),
        event.getLimit(),
        event.getSettled(),
        event.getHeld(),
        event.getRequestId(),
        event.getPolicyVersion(),
        event.getRaisedAt());
  }
}
