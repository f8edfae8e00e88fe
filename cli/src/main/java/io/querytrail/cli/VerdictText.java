package io.querytrail.cli;

import io.querytrail.events.BudgetReceipt;
import io.querytrail.events.QueryApproved;
import io.querytrail.events.QueryRejected;
import io.querytrail.events.RuleViolation;
import java.util.Locale;
import org.apache.avro.specific.SpecificRecord;

/** A verdict for people to read. */
final class VerdictText {
  private VerdictText() {}

  /** All of it, on several lines. */
  static String of(SpecificRecord verdict) {
    return switch (verdict) {
      case QueryApproved approved -> approved(approved);
      case QueryRejected rejected -> rejected(rejected);
      default ->
          throw new IllegalArgumentException(verdict.getSchema().getName() + " is no verdict");
    };
  }

  private static String approved(QueryApproved event) {
    StringBuilder text = new StringBuilder();
    line(text, "approved", event.getRequestId());
    line(
        text,
        "cost",
        Json.plain(event.getCost()).toPlainString()
            + " "
            + event.getCurrency()
            + " ("
            + event.getProvider()
            + ":"
            + event.getModel()
            + ", prices "
            + event.getPriceVersion()
            + ")");
    line(
        text,
        "reads",
        (event.getRelations().isEmpty() ? "no relation" : String.join(", ", event.getRelations()))
            + "; at most "
            + event.getRowCap()
            + " rows");
    for (RuleViolation warning : event.getViolations()) {
      line(text, "warning", warning.getRule() + ": " + warning.getMessage());
    }
    return text.append(event.getSql()).toString();
  }

  private static String rejected(QueryRejected event) {
    StringBuilder text = new StringBuilder();
    line(text, "rejected", event.getRequestId());
    line(text, "stage", event.getStage().name().toLowerCase(Locale.ROOT));
    line(text, "reason", event.getReason() + ": " + event.getMessage());
    for (RuleViolation violation : event.getViolations()) {
      line(
          text,
          "rule",
          violation.getRule()
              + ": "
              + violation.getMessage()
              + (violation.getPosition() == null
                  ? ""
                  : " (at character " + violation.getPosition() + ")"));
    }
    BudgetReceipt receipt = event.getReceipt();
    if (receipt != null) {
      line(
          text,
          "receipt",
          "%s %s, %s: limit %s, settled %s, held %s, asked %s %s (policy %d)"
              .formatted(
                  receipt.getScope().name().toLowerCase(Locale.ROOT),
                  receipt.getScopeKey(),
                  receipt.getPeriodName(),
                  Json.plain(receipt.getLimit()).toPlainString(),
                  Json.plain(receipt.getSettled()).toPlainString(),
                  Json.plain(receipt.getHeld()).toPlainString(),
                  Json.plain(receipt.getAsked()).toPlainString(),
                  receipt.getCurrency(),
                  receipt.getPolicyVersion()));
    }
    line(
        text,
        "cost",
        Json.plain(event.getCost()).toPlainString() + " " + Tables.orDash(event.getCurrency()));
    if (event.getGeneratedSql() != null) {
      line(text, "model wrote", Tables.cut(event.getGeneratedSql(), 200));
    }
    return text.toString().stripTrailing();
  }

  private static void line(StringBuilder text, String label, String value) {
    text.append("%-12s%s%n".formatted(label, value));
  }
}
