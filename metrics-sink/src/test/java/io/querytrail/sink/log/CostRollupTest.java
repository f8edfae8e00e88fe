package io.querytrail.sink.log;

import static io.querytrail.sink.log.TestRecords.attempt;
import static io.querytrail.sink.log.TestRecords.audited;
import static io.querytrail.sink.log.TestRecords.corrected;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

final class CostRollupTest {
  private static final Tokens TEN_AND_TWO = new Tokens(10L, null, null, 2L, null);

  private static SortedMap<CostLine, CostSums> sums(SinkRecord... records) {
    Rollups rollups = new Rollups();
    for (SinkRecord record : records) {
      switch (record) {
        case AuditedQuery audited -> rollups.add(audited, audited.attemptRows());
        case CorrectedQuery corrected -> rollups.add(corrected, corrected.attemptRows());
        default -> throw new IllegalArgumentException(record.kind());
      }
    }
    return rollups.lines().days();
  }

  private static BigDecimal cost(SortedMap<CostLine, CostSums> lines) {
    return lines.values().stream().map(CostSums::cost).reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  @Test
  void putsEachCallAtItsModelAndTheRequestAtTheLastOne() {
    SortedMap<CostLine, CostSums> lines =
        sums(
            audited(
                "acme",
                "r1",
                0,
                new BigDecimal("0.3"),
                attempt("m1", "0.1", Tokens.UNKNOWN),
                attempt("m2", "0.2", TEN_AND_TWO)));

    assertThat(lines.keySet()).extracting(CostLine::model).containsExactly("m1", "m2");
    assertThat(lines.values()).extracting(CostSums::requests).containsExactly(0L, 1L);
    assertThat(lines.values())
        .extracting(CostSums::cost)
        .usingElementComparator(BigDecimal::compareTo)
        .containsExactly(new BigDecimal("0.1"), new BigDecimal("0.2"));
    assertThat(lines.values()).extracting(sums -> sums.tokens().input()).containsExactly(0L, 10L);
  }

  @Test
  void countsARequestWithoutAnyModel() {
    SortedMap<CostLine, CostSums> lines = sums(audited("acme", "r1", 0));

    assertThat(lines).hasSize(1);
    assertThat(lines.firstKey().provider()).isEmpty();
    assertThat(lines.firstKey().team()).isEmpty();
    assertThat(lines.firstEntry().getValue().requests()).isEqualTo(1);
    assertThat(lines.firstEntry().getValue().approved()).isEqualTo(1);
  }

  @Test
  void addsACorrectionWithoutCountingARequest() {
    AuditedQuery audited = audited("acme", "r1", 0);

    SortedMap<CostLine, CostSums> lines =
        sums(corrected(audited, "-0.4", attempt("m1", "0.1", TEN_AND_TWO)));

    assertThat(lines).hasSize(1);
    assertThat(lines.firstEntry().getValue().requests()).isZero();
    assertThat(cost(lines)).isEqualByComparingTo("-0.4");
  }

  @Test
  void alwaysAddsUpToTheCostOfTheRecords() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int run = 0; run < 200; run++) {
      List<SinkRecord> records = new ArrayList<>();
      BigDecimal expected = BigDecimal.ZERO;
      BigDecimal calls = BigDecimal.ZERO;
      for (int i = 0; i < random.nextInt(20); i++) {
        Attempt[] attempts = new Attempt[random.nextInt(4)];
        for (int n = 0; n < attempts.length; n++) {
          attempts[n] =
              attempt("m" + random.nextInt(3), money(random).toPlainString(), TEN_AND_TWO);
        }
        BigDecimal cost = money(random);
        AuditedQuery audited = audited("a" + random.nextInt(3), "r" + i, i, cost, attempts);
        records.add(audited);
        expected = expected.add(cost);
        if (random.nextInt(3) == 0) {
          BigDecimal delta = money(random).negate();
          records.add(corrected(audited, delta.toPlainString(), attempts));
          expected = expected.add(delta);
        }
      }
      for (SinkRecord record : records) {
        List<AttemptRow> rows =
            switch (record) {
              case AuditedQuery audited -> audited.attemptRows();
              case CorrectedQuery corrected -> corrected.attemptRows();
              case ExecutedQuery executed -> List.of();
              case BudgetPosting posting -> List.of();
              case RaisedAlert alert -> List.of();
            };
        for (AttemptRow row : rows) {
          calls = calls.add(row.attempt().cost());
        }
      }

      assertThat(cost(sums(records.toArray(SinkRecord[]::new))))
          .as("seed %d", seed)
          .isEqualByComparingTo(expected);
      assertThat(calls).as("seed %d", seed).isEqualByComparingTo(expected);
    }
  }

  private static BigDecimal money(Random random) {
    return BigDecimal.valueOf(random.nextInt(1_000_000), 12);
  }
}
