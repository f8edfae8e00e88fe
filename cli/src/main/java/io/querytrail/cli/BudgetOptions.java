package io.querytrail.cli;

import io.querytrail.events.BudgetPeriod;
import io.querytrail.events.BudgetScope;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Names one budget of an account, and who changes it and why. */
final class BudgetOptions {
  /** Whose spending. */
  enum Scope {
    ACCOUNT,
    TEAM,
    USER,
    DATASOURCE,
    MODEL
  }

  /** For how long. */
  enum Span {
    DAY,
    MONTH,
    TOTAL
  }

  @Parameters(paramLabel = "A", description = "The account.")
  String account = "";

  @Option(
      names = "--scope",
      required = true,
      paramLabel = "SCOPE",
      description = "Whose budget: account, team, user, datasource or model.")
  Scope scope = Scope.ACCOUNT;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "Which team, user, datasource or provider:model; not for account.")
  @Nullable String key;

  @Option(
      names = "--period",
      required = true,
      paramLabel = "PERIOD",
      description = "day, month or total.")
  Span period = Span.MONTH;

  @Option(
      names = "--in",
      paramLabel = "NAME",
      description = "The day or month, such as 2026-11; by default the present one.")
  @Nullable String periodName;

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why; it is kept in the audit chain.")
  String reason = "";

  @Option(
      names = "--by",
      paramLabel = "NAME",
      description = "Who orders it; by default the name of the user who runs the command.")
  String by = System.getProperty("user.name", "");

  @Option(names = "--json", description = "Print the ledger event as JSON.")
  boolean json;

  BudgetScope eventScope() {
    return BudgetScope.valueOf(scope.name());
  }

  BudgetPeriod eventPeriod() {
    return BudgetPeriod.valueOf(period.name());
  }

  /**
   * @throws CommandException when the key is missing, or there is one where there can be none
   */
  String scopeKey() {
    if (scope == Scope.ACCOUNT) {
      if (key != null && !key.equals(account)) {
        throw new CommandException(
            ExitCodes.USAGE, "--key is '" + key + "'; an account's own budget has no other key");
      }
      return account;
    }
    if (key == null || key.isBlank()) {
      throw new CommandException(
          ExitCodes.USAGE,
          "--key is missing; say which " + scope.name().toLowerCase(Locale.ROOT) + " it is");
    }
    return key;
  }
}
