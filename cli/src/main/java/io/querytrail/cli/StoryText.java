package io.querytrail.cli;

import io.querytrail.events.BalanceChange;
import io.querytrail.events.LedgerEvent;
import io.querytrail.sink.report.RequestStory;
import io.querytrail.sink.report.RequestStory.LoggedAttempt;
import io.querytrail.sink.report.RequestStory.LoggedCorrection;
import io.querytrail.sink.report.RequestStory.LoggedExecution;
import io.querytrail.sink.report.RequestStory.LoggedRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A request's story for people to read, from the question to the last run. */
final class StoryText {
  private StoryText() {}

  static String of(RequestStory story, List<LedgerEvent> ledger) {
    List<String> lines = new ArrayList<>();
    LoggedRequest request = story.request();
    lines.add("request     " + request.requestId());
    lines.add(
        "asked       %s by %s%s of %s on %s"
            .formatted(
                request.createdAt(),
                request.user(),
                request.team() == null ? "" : " (team " + request.team() + ")",
                request.account(),
                Tables.orDash(request.datasource())));
    lines.add("question    " + Tables.cut(request.question(), 300));
    ledger.forEach(event -> lines.add(money(event)));
    if (request.cacheHit()) {
      lines.add(reused(request));
    }
    story.attempts().forEach(attempt -> lines.add(call(attempt)));
    verdict(lines, request);
    story.corrections().forEach(correction -> lines.add(correction(correction)));
    story.executions().forEach(execution -> lines.add(run(execution)));
    lines.add(
        "cost        %s %s (prices %s, policy %s)"
            .formatted(
                Json.plain(request.cost()).toPlainString(),
                Tables.orDash(request.currency()),
                Tables.orDash(request.priceVersion()),
                Tables.orDash(request.policyVersion())));
    lines.add(
        "audit       record %d of the account's chain, key %s, seal %s"
            .formatted(
                request.chainSequence(),
                request.chainKeyId(),
                Tables.cut(request.chainHash(), 20)));
    lines.add(
        "stands in   requests %d@%d, audit %d@%d%s"
            .formatted(
                request.requestPartition(),
                request.requestOffset(),
                request.auditPartition(),
                request.auditOffset(),
                request.traceId() == null ? "" : ", trace " + request.traceId()));
    return String.join(System.lineSeparator(), lines);
  }

  private static String money(LedgerEvent event) {
    StringBuilder line =
        new StringBuilder(
            "ledger %-5d%s %s"
                .formatted(
                    event.getSequence(),
                    event.getKind().name().toLowerCase(Locale.ROOT),
                    Json.plain(event.getAmount()).toPlainString()));
    for (BalanceChange change : event.getChanges()) {
      line.append(
          "; %s %s %s: settled %s, held %s of %s"
              .formatted(
                  change.getScope().name().toLowerCase(Locale.ROOT),
                  change.getScopeKey(),
                  change.getPeriodName(),
                  Json.plain(change.getSettled()).toPlainString(),
                  Json.plain(change.getHeld()).toPlainString(),
                  Json.plain(change.getLimit()).toPlainString()));
    }
    return event.getReason() == null ? line.toString() : line + " (" + event.getReason() + ")";
  }

  private static String call(LoggedAttempt attempt) {
    return "call %-7d%s:%s %s in %d ms, %s in + %s out tokens, %s%s"
        .formatted(
            attempt.number(),
            attempt.provider(),
            attempt.model(),
            attempt.errorType() == null ? "answered" : attempt.errorType(),
            attempt.latencyMillis(),
            orUnknown(attempt.tokens().input()),
            orUnknown(attempt.tokens().output()),
            Json.plain(attempt.cost()).toPlainString(),
            attempt.estimated() ? " (ceiling: usage was not reported)" : "");
  }

  private static String reused(LoggedRequest request) {
    return "reused      an answer of %s:%s from %s, %s ms old: no model was called"
        .formatted(
            request.provider(),
            request.model(),
            "in-flight".equals(request.cacheTier())
                ? "the same question in flight"
                : Tables.orDash(request.cacheTier()),
            orUnknown(request.cacheAgeMillis()));
  }

  private static void verdict(List<String> lines, LoggedRequest request) {
    String stage = request.stage() == null ? "" : " at " + request.stage().toLowerCase(Locale.ROOT);
    String reason =
        request.reason() == null ? "" : ", " + request.reason() + ": " + request.message();
    lines.add("verdict     " + request.verdict().toLowerCase(Locale.ROOT) + stage + reason);
    if (request.violations() != null) {
      lines.add("rules       " + request.violations());
    }
    if (request.receipt() != null) {
      lines.add("receipt     " + request.receipt());
    }
    if (request.generatedSql() != null) {
      lines.add("model wrote " + indented(request.generatedSql()));
    }
    if (request.approvedSql() != null) {
      lines.add("approved    " + indented(request.approvedSql()));
    }
  }

  private static String correction(LoggedCorrection correction) {
    return "correction  %s %s %s at %s"
        .formatted(
            Json.plain(correction.delta()).toPlainString(),
            correction.currency(),
            correction.reason(),
            correction.correctedAt());
  }

  private static String run(LoggedExecution execution) {
    return "run         %s by %s in %d ms, %s%s"
        .formatted(
            execution.status().toLowerCase(Locale.ROOT),
            execution.executor(),
            execution.executionTimeMillis(),
            execution.rows() == null ? "no rows" : execution.rows() + " rows",
            execution.error() == null ? "" : ": " + execution.error());
  }

  private static String indented(String sql) {
    return sql.strip().replace("\n", "\n            ");
  }

  private static String orUnknown(@Nullable Long count) {
    return count == null ? "?" : count.toString();
  }
}
