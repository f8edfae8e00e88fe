package io.querytrail.cli;

import java.io.PrintStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * The end of a chaos run: what was found, what it has to be, and the first examples of each wrong.
 */
final class ChaosReport {
  private static final int EXAMPLES = 10;

  private record Line(String what, Object found, String wanted, boolean right) {}

  private final List<Line> lines = new ArrayList<>();
  private final List<String> examples = new ArrayList<>();
  private final SpendingProof proof;

  /**
   * What happened, as it was seen from outside.
   *
   * @param kills that were to happen
   * @param killed how many of them did
   * @param decided requests that have a verdict
   * @param decidedTwice requests that have two
   */
  record Run(int requests, int kills, int killed, int decided, List<String> decidedTwice) {}

  ChaosReport(Run run, LedgerRecount recount, SpendingProof proof) {
    this.proof = proof;
    number("deaths by SIGKILL", run.killed(), run.kills());
    number("requests with a verdict", run.decided(), run.requests());
    none("requests with two verdicts", run.decidedTwice());
    told("requests admitted, refused", recount.requests().size() + ", " + recount.refusals());
    number(
        "admitted and refused together",
        recount.requests().size() + recount.refusals(),
        run.requests());
    number("overspend in any budget at any time", recount.overspend());
    number("open holds at the end", recount.openHolds(), 0);
    number("money held at the end", recount.held());
    none("false refusals", recount.falseRefusals());
    none("false admissions", recount.falseAdmissions());
    none("ledger events that do not add up", recount.deviations());
    told("calls served, tokens reported", proof.servedCalls() + ", " + proof.reportedTokens());
    number(
        "calls reported, and served without a report",
        proof.reportedCalls() + proof.lostCalls(),
        proof.servedCalls());
    none("reported calls that differ from the server's log", proof.unequal());
    none("calls beyond what was authorised", proof.twice());
    told("calls served without a report", proof.lostCalls());
    told("requests charged at the ceiling for that", proof.withoutUsage().size());
    none("requests charged below what was served", proof.belowServed());
  }

  private void told(String what, Object found) {
    lines.add(new Line(what, found, "", true));
  }

  private void number(String what, long found, long wanted) {
    lines.add(new Line(what, found, Long.toString(wanted), found == wanted));
  }

  private void number(String what, BigDecimal found) {
    lines.add(new Line(what, found.stripTrailingZeros().toPlainString(), "0", found.signum() == 0));
  }

  private void none(String what, List<String> found) {
    lines.add(new Line(what, found.size(), "0", found.isEmpty()));
    found.stream().limit(EXAMPLES).forEach(one -> examples.add(what + ": " + one));
  }

  /** One line for each request with calls that were charged at their ceiling. */
  List<String> withoutUsage() {
    return proof.withoutUsage();
  }

  /** What is not as it has to be; empty when all is. */
  List<String> failures() {
    List<String> failures = new ArrayList<>();
    for (Line line : lines) {
      if (!line.right()) {
        failures.add("%s: %s, not %s".formatted(line.what(), line.found(), line.wanted()));
      }
    }
    failures.addAll(examples);
    return failures;
  }

  void print(PrintStream out) {
    proof.withoutUsage().stream()
        .limit(EXAMPLES)
        .forEach(line -> out.println("without a report: " + line));
    out.println(
        Tables.of(
            List.of("what", "found", "has to be", ""),
            lines.stream()
                .map(line ->
                    List.<Object>of(
                        line.what(), line.found(), line.wanted(), line.right() ? "ok" : "WRONG"))
                .toList()));
    examples.forEach(out::println);
  }
}
