package io.querytrail.safety;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.OptionalLong;

/** LIMIT and OFFSET: only constants, so that what they allow can be read off. */
final class RowLimits {
  static final long MAX_OFFSET = 100_000;

  /** Inside a statement a LIMIT returns nothing to anybody, but its rows are still made. */
  private static final long MAX_INNER_LIMIT = 1_000_000;

  private final Judgement judgement;

  RowLimits(Judgement judgement) {
    this.judgement = judgement;
  }

  void checkOutermost(JsonNode select) {
    check(select, judgement.policy().rowCap());
  }

  void checkInner(JsonNode select) {
    check(select, Math.max(MAX_INNER_LIMIT, judgement.policy().rowCap()));
  }

  private void check(JsonNode select, long maxLimit) {
    JsonNode limit = select.path("limitCount");
    if (!limit.isMissingNode() && !Nodes.isNull(limit)) {
      check(limit, maxLimit, SafetyRule.ROW_LIMIT, "LIMIT");
    }
    JsonNode offset = select.path("limitOffset");
    if (!offset.isMissingNode() && !Nodes.isNull(offset)) {
      check(offset, MAX_OFFSET, SafetyRule.ROW_OFFSET, "OFFSET");
    }
  }

  private void check(JsonNode wrapped, long max, SafetyRule rule, String clause) {
    OptionalLong value = Nodes.wholeNumber(wrapped);
    JsonNode node = wrapped.path(Nodes.type(wrapped));
    if (value.isEmpty()) {
      judgement.report(rule, "%s must be a plain number".formatted(clause), node);
    } else if (value.getAsLong() < 0 || value.getAsLong() > max) {
      judgement.report(rule, clause + " must be between 0 and " + max, node);
    }
  }

  /** Whether the statement by itself returns no more rows than the cap. */
  static boolean capsItself(JsonNode select, int rowCap) {
    OptionalLong limit = Nodes.wholeNumber(select.path("limitCount"));
    return limit.isPresent()
        && limit.getAsLong() >= 0
        && limit.getAsLong() <= rowCap
        && !Nodes.text(select, "limitOption").equals("LIMIT_OPTION_WITH_TIES");
  }
}
