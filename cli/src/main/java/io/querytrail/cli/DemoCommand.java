package io.querytrail.cli;

import io.querytrail.service.ConfigFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the product at work. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Show it all at work: start everything with a sample shop and ask 100 questions.",
      "Runs what is approved, and prints verdicts, costs and budgets of three accounts, of which one runs out of money. On a terminal it then stays up."
    })
final class DemoCommand implements Callable<Integer> {
  private static final List<String> ACCOUNTS = List.of("acme", "globex", "initech");

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      defaultValue = ".querytrail",
      description = "Where everything is kept (default: ${DEFAULT-VALUE}).")
  Path stateDir = Path.of(".querytrail");

  @Option(
      names = "--model",
      paramLabel = "openai:NAME",
      description =
          "Ask this model of the provider at OPENAI_BASE_URL with OPENAI_API_KEY, in place of ours.")
  @Nullable String model;

  @Option(
      names = "--requests",
      paramLabel = "N",
      defaultValue = "100",
      description = "Questions to send (default: ${DEFAULT-VALUE}).")
  int requests;

  @Override
  public Integer call() throws Exception {
    String realModel = realModel();
    StateDirectory state = StateDirectory.open(stateDir);
    try (Sample sample = new Sample(state, System.getenv(), System.out::println);
        Stack stack =
            Stack.start(
                state,
                postgres -> sample.prepare(postgres, realModel != null),
                System.out::println)) {
      Shutdown.onSignal(() -> {
        stack.close();
        sample.close();
      });
      applyPolicies(stack.connection(), realModel);
      boolean complete;
      try (DemoRun run = new DemoRun(stack.connection())) {
        complete = run.send(requests);
      }
      if (complete && Terminal.isThere()) {
        System.out.printf("%nStays up for you to look around. Ctrl-C stops it.%n");
        stack.failure().join();
      }
      return complete ? ExitCodes.OK : ExitCodes.FAILED;
    } catch (CompletionException e) {
      throw new CommandException(ExitCodes.FAILED, "a service cannot go on: " + e.getCause());
    }
  }

  private @Nullable String realModel() {
    if (model == null || model.isBlank()) {
      return null;
    }
    String prefix = Sample.PROVIDER + ':';
    if (!model.startsWith(prefix) || model.length() == prefix.length()) {
      throw new CommandException(
          ExitCodes.USAGE,
          "--model is '" + model + "'; use openai:NAME, such as openai:gpt-4o-mini");
    }
    return model.substring(prefix.length());
  }

  private static void applyPolicies(Connection connection, @Nullable String realModel)
      throws InterruptedException {
    Accounts accounts = new Accounts(connection.kafka());
    for (String account : ACCOUNTS) {
      AccountFile file =
          ConfigFile.parse(policy(account), AccountFile.class, Map.of(), account + ".yaml");
      long version =
          accounts.apply(realModel == null ? file : file.withModel(Sample.PROVIDER, realModel));
      System.out.printf("%-18s policy %d in force%n", "account " + account, version);
    }
  }

  private static String policy(String account) {
    String resource = "demo/" + account + ".yaml";
    try (InputStream in = DemoCommand.class.getResourceAsStream(resource)) {
      return new String(
          Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
