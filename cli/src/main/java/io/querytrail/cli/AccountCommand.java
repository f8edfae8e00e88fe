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
    description = "Apply an account's policy, or show it.",
    subcommands = {AccountCommand.Apply.class, AccountCommand.Show.class})
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
      AccountPolicy policy = standing.inForce().orElseThrow(() -> none(standing));
      standing.pending().forEach(line -> System.err.println("querytrail: " + line));
      System.out.println(json ? Json.line(Json.of(policy)) : text(policy));
      return ExitCodes.OK;
    }

    private CommandException none(Accounts.Standing standing) {
      return new CommandException(
          ExitCodes.FAILED,
          standing.pending().isEmpty()
              ? "account %s has no policy; apply one with: querytrail account apply -f F.yaml"
                  .formatted(account)
              : String.join("; ", standing.pending())
                  + "; no other is on the topic any more, and one that was in force before stays so");
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
              List.of("budget of", "key", "period", "limit", "kind", "alerts at %"), budgets)
          + "%nmodels       %s%ncalls        at most %d of %d + %d tokens within %d s%ndatasources  %s"
              .formatted(
                  models,
                  policy.getMaxSends(),
                  policy.getMaxInputTokens(),
                  policy.getMaxOutputTokens(),
                  policy.getDeadlineSeconds(),
                  datasources);
    }

    private static List<Object> row(Budget budget) {
      return List.of(
          lower(budget.getScope()),
          budget.getScopeKey(),
          lower(budget.getPeriod()),
          budget.getLimit(),
          lower(budget.getKind()),
          budget.getThresholds().isEmpty() ? "default" : budget.getThresholds().toString());
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
