package io.querytrail.safety;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Statements of our own, one a line; every bug adds a line. */
class OwnCasesTest {
  private final Verdicts verdicts = Verdicts.overCorpus();

  @Test
  void acceptsWhatAnalystsWrite() {
    List<String> statements = Corpus.accepted();
    assertThat(statements).allSatisfy(sql -> assertThat(verdicts.rules(sql)).as(sql).isEmpty());
  }

  @Test
  void rejectsWhatDoesMoreThanRead() {
    List<String> statements = Corpus.rejected();
    assertThat(statements)
        .allSatisfy(sql -> assertThat(verdicts.first(sql)).as(sql).isNotIn("approved", "INTERNAL"));
  }
}
