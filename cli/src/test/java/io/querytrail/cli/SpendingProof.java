package io.querytrail.cli;

import io.querytrail.demo.Served;
import io.querytrail.demo.TokenUsage;
import io.querytrail.events.QueryRequested;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the ledger charged against what the model server says it served: every reported call is one
 * that was served, to the token, and what was served without a report was charged at its ceiling or
 * more.
 */
final class SpendingProof {
  /** One call, whoever tells of it. */
  private record Call(long input, long cached, long output) {
    static Call of(io.querytrail.events.TokenUsage usage) {
      return new Call(
          orZero(usage.getInputTokens()),
          orZero(usage.getCachedInputTokens()),
          orZero(usage.getOutputTokens()));
    }

    static Call of(TokenUsage usage) {
      return new Call(usage.promptTokens(), usage.cachedTokens(), usage.completionTokens());
    }

    private static long orZero(Long tokens) {
      return tokens == null ? 0 : tokens;
    }

    BigDecimal cost(ModelTariff tariff) {
      return tariff.cost(input, cached, output);
    }

    long tokens() {
      return input + output;
    }
  }

  private final ModelTariff tariff;
  private final List<String> unequal = new ArrayList<>();
  private final List<String> twice = new ArrayList<>();
  private final List<String> belowServed = new ArrayList<>();
  private final List<String> withoutUsage = new ArrayList<>();
  private int reportedCalls;
  private int servedCalls;
  private int lostCalls;
  private long reportedTokens;

  SpendingProof(ModelTariff tariff) {
    this.tariff = tariff;
  }

  /** The question by which the model server's log tells requests apart. */
  static String question(String requestId) {
    return "How many orders has case " + requestId + " to do with?";
  }

  /** A request that asks it. */
  static QueryRequested request(String requestId, String account, String user) {
    return QueryRequested.newBuilder()
        .setRequestId(requestId)
        .setAccount(account)
        .setUser(user)
        .setQuestion(question(requestId))
        .build();
  }

  /** Compares the calls of one request. */
  void compare(String requestId, LedgerRecount.Spending spending, List<Served> served) {
    List<Call> lost = new ArrayList<>(served.stream().map(one -> Call.of(one.usage())).toList());
    BigDecimal servedCost =
        lost.stream().map(call -> call.cost(tariff)).reduce(BigDecimal.ZERO, BigDecimal::add);
    servedCalls += lost.size();
    for (io.querytrail.events.TokenUsage usage : spending.reported()) {
      Call call = Call.of(usage);
      reportedCalls++;
      reportedTokens += call.tokens();
      if (!lost.remove(call)) {
        unequal.add(requestId + " reports " + call + ", served was " + served);
      }
    }
    lostCalls += lost.size();
    if (served.size() > spending.admissions()) {
      twice.add(
          "%s was admitted %d times and served %d times"
              .formatted(requestId, spending.admissions(), served.size()));
    }
    if (spending.withoutUsage() > 0) {
      withoutUsage.add(
          "%s: %d at the ceiling, charged %s, served %s"
              .formatted(requestId, spending.withoutUsage(), spending.charged(), servedCost));
    } else if (spending.charged().compareTo(servedCost) != 0) {
      unequal.add(
          "%s was charged %s, and %s was served"
              .formatted(requestId, spending.charged(), servedCost));
    }
    if (spending.charged().compareTo(servedCost) < 0) {
      belowServed.add(
          "%s was charged %s, and %s was served"
              .formatted(requestId, spending.charged(), servedCost));
    }
  }

  /** Calls that were served to requests that the ledger never admitted. */
  void withoutAdmission(Map<String, List<Served>> served) {
    served.forEach((question, calls) ->
        twice.add("'%s' was never admitted and served %d times".formatted(question, calls.size())));
  }

  int reportedCalls() {
    return reportedCalls;
  }

  int servedCalls() {
    return servedCalls;
  }

  /** Served, and nobody could report it. */
  int lostCalls() {
    return lostCalls;
  }

  long reportedTokens() {
    return reportedTokens;
  }

  List<String> unequal() {
    return unequal;
  }

  /** More calls than were authorised. */
  List<String> twice() {
    return twice;
  }

  List<String> belowServed() {
    return belowServed;
  }

  /** Requests with calls that were charged at their ceiling for want of a report. */
  List<String> withoutUsage() {
    return withoutUsage;
  }
}
