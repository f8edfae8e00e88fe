package io.querytrail.safety;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Collects the violations of one statement, by the severities of one policy. */
final class Findings {
  private static final int MAX_VIOLATIONS = 20;

  /** Ends the judging of a statement about which enough is known. */
  static final class Enough extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final Enough INSTANCE = new Enough();

    private Enough() {
      super("enough violations", null, false, false);
    }
  }

  private final SafetyPolicy policy;
  private final List<Violation> rejections = new ArrayList<>();
  private final List<Violation> warnings = new ArrayList<>();

  Findings(SafetyPolicy policy) {
    this.policy = policy;
  }

  void add(SafetyRule rule, String message, OptionalInt position) {
    Severity severity = policy.severityOf(rule);
    var violation = new Violation(rule.name(), severity, message, position);
    switch (severity) {
      case REJECT -> rejections.add(violation);
      case WARN -> warnings.add(violation);
      case OFF -> {}
    }
    if (rejections.size() + warnings.size() >= MAX_VIOLATIONS) {
      throw enough(violation);
    }
  }

  /** For a violation after which nothing else in the statement can be judged. */
  Enough fatal(SafetyRule rule, String message, OptionalInt position) {
    add(rule, message, position);
    return Enough.INSTANCE;
  }

  private Enough enough(Violation last) {
    if (rejections.isEmpty()) {
      // So many warnings that the rest was not judged.
      rejections.add(
          new Violation(
              SafetyRule.RESOURCE.name(),
              Severity.REJECT,
              "The statement breaks too many rules",
              last.position()));
    }
    return Enough.INSTANCE;
  }

  boolean reject() {
    return !rejections.isEmpty();
  }

  boolean none() {
    return rejections.isEmpty() && warnings.isEmpty();
  }

  List<Violation> warnings() {
    return List.copyOf(warnings);
  }

  /** Rejections first. */
  List<Violation> all() {
    var all = new ArrayList<>(rejections);
    all.addAll(warnings);
    return all;
  }
}
