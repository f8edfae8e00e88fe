package io.querytrail.safety;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** Judges statements over the corpus' schema and says what came out in one word. */
final class Verdicts {
  private final SafetyGuard guard = new SafetyGuard();
  private final DatabaseSchema schema;
  private final SafetyPolicy policy;

  Verdicts(SafetyPolicy policy, DatabaseSchema schema) {
    this.policy = policy;
    this.schema = schema;
  }

  static Verdicts overCorpus() {
    return new Verdicts(Corpus.policy(), Corpus.schema());
  }

  Verdicts with(SafetyPolicy newPolicy) {
    return new Verdicts(newPolicy, schema);
  }

  SafetyPolicy policy() {
    return policy;
  }

  SafetyVerdict of(String sql) {
    return guard.judge(sql, policy, schema);
  }

  SafetyVerdict.Approved approved(String sql) {
    SafetyVerdict verdict = of(sql);
    assertThat(verdict).as(sql).isInstanceOf(SafetyVerdict.Approved.class);
    return (SafetyVerdict.Approved) verdict;
  }

  /** The rules that a statement breaks, in order. */
  List<String> rules(String sql) {
    return of(sql) instanceof SafetyVerdict.Rejected rejected
        ? rejected.violations().stream().map(Violation::rule).toList()
        : List.of();
  }

  /** The first rule that a statement breaks, or "approved". */
  String first(String sql) {
    List<String> rules = rules(sql);
    return rules.isEmpty() ? "approved" : rules.getFirst();
  }
}
