package io.querytrail.cli;

import io.querytrail.service.ConfigFile;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts everything in one JVM. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = {
      "Start a Kafka broker, a PostgreSQL server and the three services in one JVM, and run until Ctrl-C.",
      "Without --config there is a sample database to ask, `shop`, and a model server on loopback to answer."
    })
final class UpCommand implements Callable<Integer> {
  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      defaultValue = ".querytrail",
      description = "Where everything is kept (default: ${DEFAULT-VALUE}).")
  Path stateDir = Path.of(".querytrail");

  @Option(
      names = "--config",
      paramLabel = "F.yaml",
      description = "Providers of models and datasources to ask, in place of the sample's.")
  @Nullable Path config;

  @Override
  public Integer call() {
    StackConfig given = config == null ? null : ConfigFile.load(config, StackConfig.class);
    StateDirectory state = StateDirectory.open(stateDir);
    try (Sample sample = new Sample(state, System.getenv(), System.out::println);
        Stack stack =
            Stack.start(
                state,
                postgres -> given == null ? sample.prepare(postgres, false) : given,
                System.out::println)) {
      System.out.printf("%nready; other commands find it through %s. Ctrl-C stops it.%n", stateDir);
      if (given == null) {
        System.out.printf(
            "next: ./querytrail account apply -f examples/account.yaml%n"
                + "      ./querytrail ask \"How many customers do we have?\" --account acme --user ann --wait%n");
      }
      Shutdown.onSignal(() -> {
        stack.close();
        sample.close();
      });
      stack.failure().join();
      return ExitCodes.OK;
    } catch (CompletionException e) {
      throw new CommandException(ExitCodes.FAILED, "a service cannot go on: " + e.getCause());
    }
  }
}
