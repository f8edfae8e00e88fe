package io.querytrail.benchmarks;

import io.querytrail.events.PricedAttempt;
import io.querytrail.events.QueryAudited;
import io.querytrail.events.TokenUsage;
import io.querytrail.schemas.EventDeserializer;
import io.querytrail.sink.log.ApprovedEdits;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.storage.Converter;
import org.jspecify.annotations.Nullable;

/** Gives Kafka Connect the row of the log table that an audit record stands for. */
public final class AuditConverter implements Converter {
  private static final Schema TIME =
      SchemaBuilder.string().name("io.debezium.time.ZonedTimestamp").build();
  private static final Schema JSON =
      SchemaBuilder.string().name("io.debezium.data.Json").optional().build();
  private static final Schema ROW = row();

  private final EventDeserializer events = new EventDeserializer();

  private static Schema row() {
    SchemaBuilder row = SchemaBuilder.struct().name("ai_query_log");
    for (String time : new String[] {"created_at", "decided_at"}) {
      row.field(time, TIME);
    }
    for (String text :
        new String[] {"request_id", "account", "user_id", "natural_query", "verdict"}) {
      row.field(text, Schema.STRING_SCHEMA);
    }
    for (String text :
        new String[] {
          "team",
          "datasource",
          "generated_sql",
          "approved_edits",
          "stage",
          "reason",
          "message",
          "provider",
          "model",
          "cache_tier"
        }) {
      row.field(text, Schema.OPTIONAL_STRING_SCHEMA);
    }
    for (String number :
        new String[] {
          "input_tokens",
          "output_tokens",
          "queue_ms",
          "schema_ms",
          "model_ms",
          "explain_ms",
          "safety_us",
          "cache_age_ms",
          "row_cap"
        }) {
      row.field(number, Schema.OPTIONAL_INT32_SCHEMA);
    }
    for (String number : new String[] {"kafka_offset", "request_offset", "chain_sequence"}) {
      row.field(number, Schema.INT64_SCHEMA);
    }
    for (String number : new String[] {"kafka_partition", "request_partition", "settings_id"}) {
      row.field(number, Schema.INT32_SCHEMA);
    }
    row.field("repairs", Schema.INT16_SCHEMA);
    row.field("attempts", Schema.INT16_SCHEMA);
    row.field("plan_cost", Schema.OPTIONAL_FLOAT32_SCHEMA);
    row.field("plan_rows", Schema.OPTIONAL_FLOAT32_SCHEMA);
    // The driver makes no array of bytes for the peer.
    row.field("trace_id", Schema.OPTIONAL_STRING_SCHEMA);
    row.field("chain_hash", Schema.STRING_SCHEMA);
    for (String flag : new String[] {"cache_hit", "degraded", "usage_complete"}) {
      row.field(flag, Schema.BOOLEAN_SCHEMA);
    }
    row.field("relations", JSON);
    row.field("violations", JSON);
    return row.field("cost", Decimal.schema(12)).build();
  }

  @Override
  public void configure(Map<String, ?> configs, boolean isKey) {}

  @Override
  public byte[] fromConnectData(String topic, Schema schema, Object value) {
    throw new UnsupportedOperationException("only reads");
  }

  @Override
  public SchemaAndValue toConnectData(String topic, byte[] value) {
    QueryAudited event = (QueryAudited) Objects.requireNonNull(events.deserialize(topic, value));
    return new SchemaAndValue(ROW, row(event));
  }

  private static Struct row(QueryAudited event) {
    return new Struct(ROW)
        .put("created_at", time(event.getRequestedAt()))
        .put("decided_at", time(event.getDecidedAt()))
        .put("request_id", event.getRequestId())
        .put("account", event.getAccount())
        .put("user_id", event.getUser())
        .put("team", event.getTeam())
        .put("datasource", event.getDatasource())
        .put("natural_query", event.getQuestion())
        .put("generated_sql", event.getGeneratedSql())
        // As the sink stores it, so that the peer has no more to write.
        .put("approved_edits", ApprovedEdits.of(event.getGeneratedSql(), event.getApprovedSql()))
        .put("relations", relations(event))
        .put("row_cap", event.getRowCap())
        .put(
            "plan_cost",
            event.getPlan() == null ? null : (Float) (float) event.getPlan().getTotalCost())
        .put(
            "plan_rows", event.getPlan() == null ? null : (Float) (float) event.getPlan().getRows())
        .put("verdict", event.getVerdict().name())
        .put("stage", event.getStage() == null ? null : event.getStage().name())
        .put("reason", event.getReason())
        .put("message", event.getMessage())
        .put("violations", violations(event))
        .put("provider", event.getProvider())
        .put("model", event.getModel())
        .put("cache_hit", event.getCacheHit())
        .put("cache_tier", event.getCacheTier())
        .put("cache_age_ms", whole(event.getCacheAgeMillis()))
        .put("degraded", event.getDegraded())
        .put("repairs", (short) event.getRepairs())
        .put("attempts", (short) event.getAttempts().size())
        .put(
            "usage_complete",
            event.getAttempts().stream().allMatch(call -> call.getAttempt().getUsage() != null))
        .put("input_tokens", tokens(event, TokenUsage::getInputTokens))
        .put("output_tokens", tokens(event, TokenUsage::getOutputTokens))
        .put("cost", event.getCost())
        .put("queue_ms", whole(event.getQueueMillis()))
        .put("schema_ms", whole(event.getSchemaMillis()))
        .put("model_ms", whole(event.getModelMillis()))
        .put("explain_ms", whole(event.getExplainMillis()))
        .put("safety_us", whole(event.getSafetyMicros()))
        // The place of the record is not the converter's to know; the numbers cost the same.
        .put("kafka_partition", 0)
        .put("kafka_offset", event.getRequestOffset())
        .put("request_partition", event.getRequestPartition())
        .put("request_offset", event.getRequestOffset())
        .put("trace_id", event.getTraceId())
        .put("chain_sequence", event.getChainSequence())
        .put("chain_hash", event.getChainHash())
        .put("settings_id", 1);
  }

  private static String time(Instant instant) {
    return instant.toString();
  }

  private static @Nullable Integer whole(@Nullable Long value) {
    return value == null ? null : Integer.valueOf(value.intValue());
  }

  private static @Nullable String relations(QueryAudited event) {
    return event.getRelations().isEmpty()
        ? null
        : "[\"" + String.join("\",\"", event.getRelations()) + "\"]";
  }

  private static @Nullable String violations(QueryAudited event) {
    return event.getViolations().isEmpty()
        ? null
        : "[{\"rule\":\"" + event.getViolations().getFirst().getRule() + "\"}]";
  }

  private static @Nullable Integer tokens(QueryAudited event, ToLongFunction<TokenUsage> of) {
    long sum = 0;
    for (PricedAttempt call : event.getAttempts()) {
      TokenUsage usage = call.getAttempt().getUsage();
      sum += usage == null ? 0 : of.applyAsLong(usage);
    }
    return event.getAttempts().isEmpty() ? null : Integer.valueOf((int) sum);
  }
}
