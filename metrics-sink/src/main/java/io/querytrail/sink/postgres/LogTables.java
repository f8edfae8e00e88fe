package io.querytrail.sink.postgres;

import io.querytrail.sink.log.AttemptRow;
import io.querytrail.sink.log.AuditedQuery;
import io.querytrail.sink.log.CorrectedQuery;
import io.querytrail.sink.postgres.CopyTable.Column;
import java.util.List;
import java.util.function.BiConsumer;

/** The tables that are only ever added to, column by column. */
final class LogTables {
  private LogTables() {}

  static CopyTable<AuditedQuery> aiQueryLog(SettingsTable settings) {
    return aiQueryLog("public.ai_query_log", settings);
  }

  /** The same rows into another table with these columns. */
  static CopyTable<AuditedQuery> aiQueryLog(String target, SettingsTable settings) {
    return new CopyTable<>(
        target,
        List.of(
            column("created_at", (out, row) -> out.timestamptz(row.key().createdAt())),
            column("request_id", (out, row) -> out.text(row.key().requestId())),
            column("account", (out, row) -> out.text(row.key().account())),
            column("user_id", (out, row) -> out.text(row.requester().user())),
            column("team", (out, row) -> out.text(row.requester().team())),
            column("datasource", (out, row) -> out.text(row.requester().datasource())),
            column("natural_query", (out, row) -> out.text(row.statement().question())),
            column("generated_sql", (out, row) -> out.text(row.statement().generatedSql())),
            column("approved_edits", (out, row) -> out.text(row.statement().approvedEdits())),
            column("approved_sql", (out, row) -> out.text(row.statement().approvedSql())),
            column("relations", (out, row) -> out.jsonb(row.statement().relations())),
            column("row_cap", (out, row) -> out.int4(row.statement().rowCap())),
            column("plan_cost", (out, row) -> out.float4(row.statement().planCost())),
            column("plan_rows", (out, row) -> out.float4(row.statement().planRows())),
            column("verdict", (out, row) -> out.text(row.decision().verdict())),
            column("stage", (out, row) -> out.text(row.decision().stage())),
            column("reason", (out, row) -> out.text(row.decision().reason())),
            column("message", (out, row) -> out.text(row.decision().message())),
            column("violations", (out, row) -> out.jsonb(row.decision().violations())),
            column("receipt", (out, row) -> out.jsonb(row.decision().receipt())),
            column("decided_at", (out, row) -> out.timestamptz(row.decision().at())),
            column("provider", (out, row) -> out.text(row.generation().provider())),
            column("model", (out, row) -> out.text(row.generation().model())),
            column("cache_hit", (out, row) -> out.bool(row.generation().cacheHit())),
            column("cache_tier", (out, row) -> out.text(row.generation().cacheTier())),
            column("cache_age_ms", (out, row) -> out.int8(row.generation().cacheAgeMillis())),
            column("degraded", (out, row) -> out.bool(row.generation().degraded())),
            column("repairs", (out, row) -> out.int2(row.generation().repairs())),
            column("attempts", (out, row) -> out.int2(row.attempts().count())),
            column("usage_complete", (out, row) -> out.bool(row.attempts().usageComplete())),
            column("input_tokens", (out, row) -> out.int4AtMost(row.attempts().tokens().input())),
            column(
                "cached_input_tokens",
                (out, row) -> out.int4AtMost(row.attempts().tokens().cachedInput())),
            column(
                "cache_write_tokens",
                (out, row) -> out.int4AtMost(row.attempts().tokens().cacheWrite())),
            column("output_tokens", (out, row) -> out.int4AtMost(row.attempts().tokens().output())),
            column(
                "reasoning_tokens",
                (out, row) -> out.int4AtMost(row.attempts().tokens().reasoning())),
            column("cost", (out, row) -> out.numeric(row.cost())),
            column("settings_id", (out, row) -> settings.write(out, row.settings())),
            column("queue_ms", (out, row) -> out.int4AtMost(row.latencies().queueMillis())),
            column("schema_ms", (out, row) -> out.int4AtMost(row.latencies().schemaMillis())),
            column("model_ms", (out, row) -> out.int4AtMost(row.latencies().modelMillis())),
            column("explain_ms", (out, row) -> out.int4AtMost(row.latencies().explainMillis())),
            column("safety_us", (out, row) -> out.int4AtMost(row.latencies().safetyMicros())),
            column("kafka_partition", (out, row) -> out.int4(row.source().partition())),
            column("kafka_offset", (out, row) -> out.int8(row.source().offset())),
            column("request_partition", (out, row) -> out.int4(row.requestPartition())),
            column("request_offset", (out, row) -> out.int8(row.requestOffset())),
            column("trace_id", (out, row) -> out.hex(row.traceId())),
            column("tags", (out, row) -> out.jsonb(row.tags())),
            column("chain_sequence", (out, row) -> out.int8(row.chain().sequence())),
            column("chain_hash", (out, row) -> out.hex(row.chain().hash()))));
  }

  static CopyTable<AttemptRow> llmAttempts() {
    return llmAttempts("public.llm_attempts");
  }

  /** The same rows into another table with these columns. */
  static CopyTable<AttemptRow> llmAttempts(String target) {
    return new CopyTable<>(
        target,
        List.of(
            column("created_at", (out, row) -> out.timestamptz(row.key().createdAt())),
            column("account", (out, row) -> out.text(row.key().account())),
            column("chain_sequence", (out, row) -> out.int8(row.chainSequence())),
            column("ordinal", (out, row) -> out.int2(row.ordinal())),
            column("correction", (out, row) -> out.bool(row.correction())),
            column("currency", (out, row) -> out.text(row.currency())),
            column("attempt", (out, row) -> out.int2(row.attempt().number())),
            column("provider", (out, row) -> out.text(row.attempt().provider())),
            column("model", (out, row) -> out.text(row.attempt().model())),
            column(
                "response_model",
                (out, row) ->
                    out.text(
                        row.attempt().responseSuffix() == null
                            ? row.attempt().responseModel()
                            : null)),
            column("response_suffix", (out, row) -> out.text(row.attempt().responseSuffix())),
            column("purpose", (out, row) -> out.text(row.attempt().purpose())),
            column("sent", (out, row) -> out.bool(row.attempt().sent())),
            column("started_at", (out, row) -> out.timestamptz(row.attempt().startedAt())),
            column("latency_ms", (out, row) -> out.int4AtMost(row.attempt().latencyMillis())),
            column("error_type", (out, row) -> out.text(row.attempt().errorType())),
            column("http_status", (out, row) -> out.int2(row.attempt().httpStatus())),
            column("input_tokens", (out, row) -> out.int4AtMost(row.attempt().tokens().input())),
            column(
                "cached_input_tokens",
                (out, row) -> out.int4AtMost(row.attempt().tokens().cachedInput())),
            column(
                "cache_write_tokens",
                (out, row) -> out.int4AtMost(row.attempt().tokens().cacheWrite())),
            column("output_tokens", (out, row) -> out.int4AtMost(row.attempt().tokens().output())),
            column(
                "reasoning_tokens",
                (out, row) -> out.int4AtMost(row.attempt().tokens().reasoning())),
            column("cost", (out, row) -> out.numeric(row.attempt().cost())),
            column("estimated", (out, row) -> out.bool(row.attempt().estimated()))));
  }

  static CopyTable<CorrectedQuery> queryCorrections() {
    return queryCorrections("public.query_corrections");
  }

  /** The same rows into another table with these columns. */
  static CopyTable<CorrectedQuery> queryCorrections(String target) {
    return new CopyTable<>(
        target,
        List.of(
            column("created_at", (out, row) -> out.timestamptz(row.key().createdAt())),
            column("request_id", (out, row) -> out.text(row.key().requestId())),
            column("account", (out, row) -> out.text(row.key().account())),
            column("corrected_at", (out, row) -> out.timestamptz(row.correctedAt())),
            column("reason", (out, row) -> out.text(row.reason())),
            column("attempts", (out, row) -> out.int4(row.attempts().count())),
            column("delta", (out, row) -> out.numeric(row.delta())),
            column("currency", (out, row) -> out.text(row.currency())),
            column("price_version", (out, row) -> out.text(row.priceVersion())),
            column("kafka_partition", (out, row) -> out.int4(row.source().partition())),
            column("kafka_offset", (out, row) -> out.int8(row.source().offset())),
            column("chain_sequence", (out, row) -> out.int8(row.chain().sequence())),
            column("chain_key_id", (out, row) -> out.text(row.chain().keyId())),
            column("chain_hash", (out, row) -> out.text(row.chain().hash()))));
  }

  private static <T> Column<T> column(String name, BiConsumer<CopyBinaryEncoder, T> value) {
    return new Column<>(name, value);
  }
}
