package io.querytrail.cli;

import io.querytrail.events.AccountPolicy;
import io.querytrail.events.Budget;
import io.querytrail.events.DatasourcePolicy;
import io.querytrail.service.ConfigFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Accounts and their policies. */
@Command(
    name = "account",
    mixinStandardHelpOptions = true,
    description = "Apply an account's policy, show it, or pause the account.",
    subcommands = {
      AccountCommand.Apply.class,
      AccountCommand.Show.class,
      AccountCommand.Pause.class,
      AccountCommand.Resume.class
    })
final class AccountCommand {
  @Command(
      name = "apply",
      mixinStandardHelpOptions = true,
      description =
          "Put a policy in force and wait until it is. Exit code 3 says that it was refused.")
  static final class Apply implements Callable<Integer> {
    @Mixin ConnectionOptions connection = new ConnectionOptions();

    @Option(
        names = {"-f", "--file"},
        required = true,
        paramLabel = "F.yaml",
        description = "The policy.")
    Path file = Path.of("");

    @Option(names = "--json", description = "Print the result as JSON.")
    boolean json;

    @Override
    public Integer call() throws InterruptedException {
      AccountFile policy = ConfigFile.load(file, AccountFile.class);
      long version = new Accounts(connection.reachable().kafka()).apply(policy);
      System.out.println(
          json
              ? Json.line(Map.of("account", policy.account(), "version", version))
              : "policy %d of %s is in force".formatted(version, policy.account()));
      return ExitCodes.OK;
    }
  }

  @Command(
      name = "pause",
      mixinStandardHelpOptions = true,
      description =
          "Admit nothing more until the account is resumed: the policy in force, as the next version, paused.")
  static final class Pause extends PauseOrResume {
    Pause() {
      super(true);
    }
  }

  @Command(
      name = "resume",
      mixinStandardHelpOptions = true,
      description = "Admit again: the policy in force, as the next version, no longer paused.")
  static final class Resume extends PauseOrResume {
    Resume() {
      super(false);
    }
  }

  private abstract static class PauseOrResume implements Callable<Integer> {
    @Mixin ConnectionOptions connection = new ConnectionOptions();

    @Parameters(paramLabel = "A", description = "The account.")
    String account = "";

    @Option(names = "--json", description = "Print the result as JSON.")
    boolean json;

    private final boolean paused;

    PauseOrResume(boolean paused) {
      this.paused = paused;
    }

    @Override
    public Integer call() throws InterruptedException {
      Accounts accounts = new Accounts(connection.reachable().kafka());
      Accounts.Standing standing = accounts.standing(account);
      AccountPolicy inForce = standing.inForce().orElseThrow(() -> none(account, standing));
      String state = paused ? "paused" : "open";
      boolean changes = inForce.getPaused() != paused;
      long version =
          changes
              ? accounts.apply(
                  account,
                  next ->
                      AccountPolicy.newBuilder(inForce).setVersion(next).setPaused(paused).build())
              : inForce.getVersion();
      System.out.println(
          json
              ? Json.line(Map.of("account", account, "paused", paused, "version", version))
              : changes
                  ? "%s is %s, by policy %d".formatted(account, state, version)
                  : "%s is %s already, by policy %d".formatted(account, state, version));
      return ExitCodes.OK;
    }
  }

  private AccountCommand() {}

  private static CommandException none(String account, Accounts.Standing standing) {
    return new CommandException(
        ExitCodes.FAILED,
        standing.pending().isEmpty()
            ? "account %s has no policy; apply one with: querytrail account apply -f F.yaml"
                .formatted(account)
            : String.join("; ", standing.pending())
                + "; no other is on the topic any more, and one that was in force before stays so");
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Show the policy of an account that is in force.")
  static final class Show implements Callable<Integer> {
    @Mixin ConnectionOptions connection = new ConnectionOptions();

    @Parameters(paramLabel = "A", description = "The account.")
    String account = "";

    @Option(names = "--json", description = "Print the policy event as JSON.")
    boolean json;

    @Override
    public Integer call() {
      Accounts.Standing standing = new Accounts(connection.reachable().kafka()).standing(account);
      AccountPolicy policy = standing.inForce().orElseThrow(() -> none(account, standing));
      standing.pending().forEach(line -> System.err.println("querytrail: " + line));
      System.out.println(json ? Json.line(Json.of(policy)) : text(policy));
      return ExitCodes.OK;
    }

    private static String text(AccountPolicy policy) {
      String head =
          "%s, policy %d%s%s, %s, %s%n"
              .formatted(
                  policy.getAccount(),
                  policy.getVersion(),
                  policy.getDisplayName() == null ? "" : " (" + policy.getDisplayName() + ")",
                  policy.getPaused() ? ", PAUSED" : "",
                  policy.getTimeZone(),
                  policy.getCurrency());
      List<List<Object>> budgets =
          policy.getBudgets().stream().map(AccountCommand.Show::row).toList();
      String models =
          policy.getModels().stream()
              .map(model ->
                  model.getProvider() + ":" + model.getModel() + " (" + model.getTier() + ")")
              .collect(Collectors.joining(", "));
      String datasources =
          policy.getDatasources().stream().map(Show::text).collect(Collectors.joining(", "));
      return head
          + Tables.of(
              List.of("budget of", "key", "period", "limit", "kind", "alerts at %", "rollover"),
              budgets)
          + "%nmodels       %s%ncalls        at most %d of %d + %d tokens within %d s%ndatasources  %s"
              .formatted(
                  models,
                  policy.getMaxSends(),
                  policy.getMaxInputTokens(),
                  policy.getMaxOutputTokens(),
                  policy.getDeadlineSeconds(),
                  datasources)
          + ownPrices(policy);
    }

    private static String ownPrices(AccountPolicy policy) {
      String models =
          policy.getPrices().stream()
              .map(price -> price.getProvider() + ":" + price.getModel())
              .collect(Collectors.joining(", "));
      return models.isEmpty() ? "" : "%nown prices   %s".formatted(models);
    }

    private static List<Object> row(Budget budget) {
      return List.of(
          lower(budget.getScope()),
          budget.getScopeKey(),
          lower(budget.getPeriod()),
          budget.getLimit(),
          lower(budget.getKind()),
          budget.getThresholds().isEmpty() ? "default" : budget.getThresholds().toString(),
          rollover(budget));
    }

    private static String rollover(Budget budget) {
      String rollover = lower(budget.getRollover());
      return budget.getRolloverCap().signum() == 0
          ? rollover
          : rollover + ", at most " + budget.getRolloverCap().stripTrailingZeros().toPlainString();
    }

    private static String text(DatasourcePolicy datasource) {
      return "%s (schemas %s, at most %d rows)"
          .formatted(
              datasource.getName(),
              String.join(", ", datasource.getSchemas()),
              datasource.getRowCap());
    }

    private static String lower(Enum<?> value) {
      return value.name().toLowerCase(Locale.ROOT);
    }
  }
}
