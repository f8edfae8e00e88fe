package io.querytrail.sink.log;

import static io.querytrail.sink.log.TestRecords.attempt;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AttemptsTest {
  @Test
  void knowsThatNoCallUsedNoTokens() {
    Attempts none = new Attempts(List.of());

    assertThat(none.tokens()).isEqualTo(Tokens.ZERO);
    assertThat(none.usageComplete()).isTrue();
  }

  @Test
  void doesNotTakeUnknownTokensForZero() {
    Attempts silent = new Attempts(List.of(attempt("m", "1", Tokens.UNKNOWN)));

    assertThat(silent.tokens()).isEqualTo(Tokens.UNKNOWN);
    assertThat(silent.usageComplete()).isFalse();
  }

  @Test
  void addsUpWhatIsKnownAndSaysThatItIsNotAll() {
    Attempts attempts =
        new Attempts(
            List.of(
                attempt("m", "1", Tokens.UNKNOWN),
                attempt("m", "1", new Tokens(10L, 4L, null, 2L, null)),
                attempt("m", "1", new Tokens(1L, null, null, 1L, 1L))));

    assertThat(attempts.tokens()).isEqualTo(new Tokens(11L, 4L, null, 3L, 1L));
    assertThat(attempts.usageComplete()).isFalse();
  }

  @Test
  void addsAnAdjustmentOnlyWhereCallsAndCostDiffer() {
    AuditedQuery exact =
        TestRecords.audited("a", "r", 0, new BigDecimal("1.00"), attempt("m", "1", Tokens.UNKNOWN));
    AuditedQuery dearer =
        TestRecords.audited("a", "r", 0, new BigDecimal("3"), attempt("m", "1", Tokens.UNKNOWN));

    assertThat(exact.attemptRows()).extracting(AttemptRow::ordinal).containsExactly(1);
    assertThat(dearer.attemptRows()).extracting(AttemptRow::ordinal).containsExactly(1, 0);
    assertThat(dearer.attemptRows().getLast().attempt())
        .satisfies(adjustment -> {
          assertThat(adjustment.purpose()).isEqualTo(Attempts.ADJUSTMENT);
          assertThat(adjustment.model()).isEqualTo("m");
          assertThat(adjustment.cost()).isEqualByComparingTo("2");
        });
  }
}
