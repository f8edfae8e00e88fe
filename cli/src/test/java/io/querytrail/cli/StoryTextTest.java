package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.events.BalanceChange;
import io.querytrail.events.BudgetPeriod;
import io.querytrail.events.BudgetScope;
import io.querytrail.events.LedgerEvent;
import io.querytrail.events.LedgerEventKind;
import io.querytrail.sink.report.RequestStory;
import io.querytrail.sink.report.RequestStory.LoggedAttempt;
import io.querytrail.sink.report.RequestStory.LoggedCorrection;
import io.querytrail.sink.report.RequestStory.LoggedExecution;
import io.querytrail.sink.report.RequestStory.LoggedRequest;
import io.querytrail.sink.report.RequestStory.TokenCounts;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class StoryTextTest {
  private static final Instant ASKED = Instant.parse("2026-11-21T10:00:00Z");
  private static final TokenCounts KNOWN = new TokenCounts(1_555L, 0L, null, 31L, 0L);
  private static final TokenCounts UNKNOWN = new TokenCounts(null, null, null, null, null);

  @Test
  void tellsAnsweredRequestFromQuestionToRun() {
    RequestStory story =
        new RequestStory(
            request("APPROVED", null, null, "SELECT 1", "SELECT *\nFROM (SELECT 1) AS q LIMIT 9"),
            List.of(
                attempt(1, "timeout", UNKNOWN, "0.0018", true),
                attempt(2, null, KNOWN, "0.000251850000", false)),
            List.of(
                new LoggedCorrection(
                    3, "LATE_ATTEMPTS", 1, new BigDecimal("0.0018"), "USD", ASKED)),
            List.of(
                new LoggedExecution("e-1", "SUCCEEDED", 12, 5L, null, null, ASKED, "bi"),
                new LoggedExecution(
                    "e-2", "FAILED", 3, null, "no such table", "42P01", ASKED, "bi")));

    assertThat(StoryText.of(story, List.of(held())))
        .isEqualToNormalizingNewlines(
            """
            request     r-1
            asked       2026-11-21T10:00:00Z by ann (team sales) of acme on shop
            question    How many customers do we have?
            ledger 4    held 0.0018; account acme 2026-11: settled 1, held 0.0018 of 25
            call 1      openai:gpt-4o-mini timeout in 250 ms, ? in + ? out tokens, 0.0018 (ceiling: usage was not reported)
            call 2      openai:gpt-4o-mini answered in 250 ms, 1555 in + 31 out tokens, 0.00025185
            verdict     approved
            model wrote SELECT 1
            approved    SELECT *
                        FROM (SELECT 1) AS q LIMIT 9
            correction  0.0018 USD LATE_ATTEMPTS at 2026-11-21T10:00:00Z
            run         succeeded by bi in 12 ms, 5 rows
            run         failed by bi in 3 ms, no rows: no such table
            cost        0.00205185 USD (prices 2026-11-01, policy 2)
            audit       record 9 of the account's chain, key chain-1, seal 0123456789abcdef0...
            stands in   requests 4@17, audit 4@11, trace 00112233445566778899aabbccddeeff\
            """);
  }

  @Test
  void tellsRefusedRequestByItsReason() {
    RequestStory story =
        new RequestStory(
            request("REJECTED", "ADMISSION", "UNKNOWN_DATASOURCE", null, null),
            List.of(),
            List.of(),
            List.of());

    assertThat(StoryText.of(story, List.of()))
        .contains("verdict     rejected at admission, UNKNOWN_DATASOURCE: because")
        .doesNotContain("model wrote")
        .doesNotContain("approved    ")
        .doesNotContain("ledger");
  }

  @Test
  void tellsWhereAnAnswerCameFromThatNobodyPaidFor() {
    assertThat(reused("redis"))
        .contains(
            "reused      an answer of openai:gpt-4o-mini from redis, 90500 ms old: no model was called")
        .doesNotContain("call 1");
    assertThat(reused("in-flight")).contains("from the same question in flight, 90500 ms old");
  }

  private static String reused(String tier) {
    LoggedRequest request = request("APPROVED", null, null, "SELECT 1", "SELECT 1 LIMIT 9", tier);
    return StoryText.of(new RequestStory(request, List.of(), List.of(), List.of()), List.of());
  }

  private static LedgerEvent held() {
    return LedgerEvent.newBuilder()
        .setAccount("acme")
        .setSequence(4)
        .setKind(LedgerEventKind.HELD)
        .setRequestId("r-1")
        .setAmount(new BigDecimal("0.001800000000"))
        .setPolicyVersion(2)
        .setOccurredAt(ASKED)
        .setChanges(
            List.of(
                BalanceChange.newBuilder()
                    .setScope(BudgetScope.ACCOUNT)
                    .setScopeKey("acme")
                    .setPeriod(BudgetPeriod.MONTH)
                    .setPeriodName("2026-11")
                    .setLimit(new BigDecimal("25.000000000000"))
                    .setSettledDelta(new BigDecimal("0.000000000000"))
                    .setHeldDelta(new BigDecimal("0.001800000000"))
                    .setSettled(new BigDecimal("1.000000000000"))
                    .setHeld(new BigDecimal("0.001800000000"))
                    .build()))
        .build();
  }

  private static LoggedAttempt attempt(
      int number, @Nullable String error, TokenCounts tokens, String cost, boolean estimated) {
    return new LoggedAttempt(
        9,
        number,
        number,
        "GENERATE",
        "openai",
        "gpt-4o-mini",
        null,
        true,
        ASKED,
        250,
        error,
        null,
        tokens,
        new BigDecimal(cost),
        "USD",
        estimated,
        false);
  }

  private static LoggedRequest request(
      String verdict,
      @Nullable String stage,
      @Nullable String reason,
      @Nullable String generatedSql,
      @Nullable String approvedSql) {
    return request(verdict, stage, reason, generatedSql, approvedSql, null);
  }

  private static LoggedRequest request(
      String verdict,
      @Nullable String stage,
      @Nullable String reason,
      @Nullable String generatedSql,
      @Nullable String approvedSql,
      @Nullable String cacheTier) {
    return new LoggedRequest(
        "r-1",
        "acme",
        "ann",
        "sales",
        "shop",
        "How many customers\n do we have?",
        verdict,
        stage,
        reason,
        reason == null ? null : "because",
        generatedSql,
        approvedSql,
        List.of(),
        9,
        null,
        null,
        "openai",
        "gpt-4o-mini",
        2,
        0,
        cacheTier != null,
        cacheTier,
        cacheTier == null ? null : 90_500L,
        false,
        KNOWN,
        false,
        new BigDecimal("0.002051850000"),
        "USD",
        "2026-11-01",
        2L,
        null,
        null,
        1L,
        1L,
        1L,
        null,
        1L,
        12L,
        "fingerprint",
        "prompt-1",
        "00112233445566778899aabbccddeeff",
        null,
        ASKED,
        ASKED,
        4,
        17,
        4,
        11,
        9,
        "chain-1",
        "0123456789abcdef0123456789abcdef");
  }
}
