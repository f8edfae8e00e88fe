package io.querytrail.sink.log;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Records without anything that a test does not ask for. */
public final class TestRecords {
  public static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MILLIS);

  private TestRecords() {}

  public static AuditedQuery audited(String account, String requestId, long offset) {
    return audited(account, requestId, offset, BigDecimal.ZERO);
  }

  public static AuditedQuery audited(
      String account, String requestId, long offset, BigDecimal cost, Attempt... attempts) {
    return new AuditedQuery(
        new Source("audit", 0, offset),
        new RequestKey(NOW, requestId, account),
        new Requester("ann", null, null),
        Statement.of("How many?", null, null, null, null, null, null),
        new Decision("APPROVED", null, null, null, null, null, NOW),
        new Generation(null, null, false, null, null, false, 0),
        new Attempts(List.of(attempts)),
        cost,
        new RequestSettings(account, null, "USD", null, null, null, "k1"),
        new Latencies(null, null, null, null, null),
        0,
        offset,
        null,
        null,
        new ChainLink(offset + 1, "k1", "00"));
  }

  public static Attempt attempt(String model, String cost, Tokens tokens) {
    return new Attempt(
        1,
        "openai",
        model,
        null,
        "GENERATE",
        true,
        NOW,
        5,
        null,
        null,
        tokens,
        new BigDecimal(cost),
        false);
  }

  public static CorrectedQuery corrected(AuditedQuery audited, String delta, Attempt... attempts) {
    return new CorrectedQuery(
        audited.source(),
        audited.key(),
        audited.requester(),
        "LATE_ANSWER",
        new Attempts(List.of(attempts)),
        new BigDecimal(delta),
        "USD",
        "v1",
        NOW,
        new ChainLink(99, "k1", "00"));
  }

  public static ExecutedQuery executed(String account, String requestId, long offset) {
    return new ExecutedQuery(
        new Source("executions", 0, offset),
        new RequestKey(NOW, requestId, account),
        "e1",
        "SUCCEEDED",
        30,
        1L,
        null,
        null,
        NOW,
        "test");
  }
}
