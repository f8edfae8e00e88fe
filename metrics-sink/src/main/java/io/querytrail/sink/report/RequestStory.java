package io.querytrail.sink.report;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that the log has of one request. Texts of JSON are as PostgreSQL prints them.
 *
 * @param attempts model calls in the order of the audit chain
 * @param corrections what changed the cost after the verdict
 * @param executions in the order of their time
 */
public record RequestStory(
    LoggedRequest request,
    List<LoggedAttempt> attempts,
    List<LoggedCorrection> corrections,
    List<LoggedExecution> executions) {
  public RequestStory {
    attempts = List.copyOf(attempts);
    corrections = List.copyOf(corrections);
    executions = List.copyOf(executions);
  }

  /**
   * The log row.
   *
   * @param executionTimeMillis of the latest successful execution, else of the latest; null before
   *     any was reported
   * @param usageComplete false when tokens are a lower bound
   * @param cost with all corrections
   * @param violations JSON array; null for none
   * @param receipt JSON object; null where no budget refused
   * @param tags JSON object; null for none
   */
  public record LoggedRequest(
      String requestId,
      String account,
      String user,
      @Nullable String team,
      @Nullable String datasource,
      String question,
      String verdict,
      @Nullable String stage,
      @Nullable String reason,
      @Nullable String message,
      @Nullable String generatedSql,
      @Nullable String approvedSql,
      List<String> relations,
      @Nullable Integer rowCap,
      @Nullable String violations,
      @Nullable String receipt,
      @Nullable String provider,
      @Nullable String model,
      int attempts,
      int repairs,
      boolean cacheHit,
      @Nullable String cacheTier,
      @Nullable Long cacheAgeMillis,
      boolean degraded,
      TokenCounts tokens,
      boolean usageComplete,
      BigDecimal cost,
      @Nullable String currency,
      @Nullable String priceVersion,
      @Nullable Long policyVersion,
      @Nullable Double planCost,
      @Nullable Double planRows,
      @Nullable Long queueMillis,
      @Nullable Long schemaMillis,
      @Nullable Long modelMillis,
      @Nullable Long explainMillis,
      @Nullable Long safetyMicros,
      @Nullable Long executionTimeMillis,
      @Nullable String schemaFingerprint,
      @Nullable String promptVersion,
      @Nullable String traceId,
      @Nullable String tags,
      Instant createdAt,
      Instant decidedAt,
      int requestPartition,
      long requestOffset,
      int auditPartition,
      long auditOffset,
      long chainSequence,
      String chainKeyId,
      String chainHash) {
    public LoggedRequest {
      relations = List.copyOf(relations);
    }
  }

  /** Tokens by class; null where no provider said. */
  public record TokenCounts(
      @Nullable Long input,
      @Nullable Long cachedInput,
      @Nullable Long cacheWrite,
      @Nullable Long output,
      @Nullable Long reasoning) {}

  /**
   * One model call, or an {@code ADJUSTMENT} that makes calls and cost agree.
   *
   * @param chainSequence the audit record that reported it
   * @param ordinal place in that record, from 1; 0 for an adjustment
   */
  public record LoggedAttempt(
      long chainSequence,
      int ordinal,
      int number,
      String purpose,
      String provider,
      String model,
      @Nullable String responseModel,
      boolean sent,
      Instant startedAt,
      long latencyMillis,
      @Nullable String errorType,
      @Nullable Integer httpStatus,
      TokenCounts tokens,
      BigDecimal cost,
      @Nullable String currency,
      boolean estimated,
      boolean correction) {}

  /** Money that became known after the verdict. */
  public record LoggedCorrection(
      long chainSequence,
      String reason,
      int attempts,
      BigDecimal delta,
      String currency,
      Instant correctedAt) {}

  /** One run of the approved statement. */
  public record LoggedExecution(
      String executionId,
      String status,
      long executionTimeMillis,
      @Nullable Long rows,
      @Nullable String error,
      @Nullable String sqlState,
      Instant executedAt,
      String executor) {}
}
