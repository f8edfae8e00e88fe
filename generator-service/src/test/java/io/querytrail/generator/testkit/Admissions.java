package io.querytrail.generator.testkit;

import io.querytrail.events.ModelCandidate;
import io.querytrail.events.QueryAdmitted;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/** Admissions as the audit stream writes them. */
public final class Admissions {
  private Admissions() {}

  /** Of account {@code acme}, for the datasource {@code shop} and the model {@code test:m}. */
  public static QueryAdmitted.Builder admission(String requestId, String question) {
    Instant now = Instant.now();
    return QueryAdmitted.newBuilder()
        .setRequestId(requestId)
        .setAccount("acme")
        .setUser("ann")
        .setDatasource("shop")
        .setQuestion(question)
        .setAdmissionId(requestId + "/1")
        .setCandidates(List.of(new ModelCandidate("test", "m", "cheap")))
        .setMaxInputTokens(8_000)
        .setMaxOutputTokens(500)
        .setMaxSends(3)
        .setDeadline(now.plusSeconds(60))
        .setHeld(new BigDecimal("0.010000000000"))
        .setCurrency("USD")
        .setPriceVersion("2026-11-01")
        .setPolicyVersion(1)
        .setSchemas(List.of("shop"))
        .setRowCap(1000)
        .setRequestedAt(now);
  }
}
