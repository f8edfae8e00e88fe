package io.querytrail.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.querytrail.generator.CacheClear;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Answers that generators keep. */
@Command(
    name = "cache",
    mixinStandardHelpOptions = true,
    description = "Answers that generators keep to use them again.",
    subcommands = CacheCommand.Clear.class)
final class CacheCommand {
  private CacheCommand() {}

  @Command(
      name = "clear",
      mixinStandardHelpOptions = true,
      description = {
        "Have generators forget answers, all or those of an account or about a datasource.",
        "What is being asked at this moment is not kept either."
      })
  static final class Clear implements Callable<Integer> {
    @Mixin Generators generators = new Generators();

    @Option(names = "--datasource", paramLabel = "D", description = "Only answers about this one.")
    @Nullable String datasource;

    @Option(names = "--account", paramLabel = "A", description = "Only answers of this one.")
    @Nullable String account;

    @Option(names = "--json", description = "JSON lines, one for each generator.")
    boolean json;

    @Override
    public Integer call() throws InterruptedException {
      Map<String, String> parameters = new LinkedHashMap<>();
      if (account != null) {
        parameters.put("account", account);
      }
      if (datasource != null) {
        parameters.put("datasource", datasource);
      }
      boolean isAllCleared = true;
      for (ObjectNode answer : generators.tell(CacheClear.PATH, parameters)) {
        System.out.println(json ? Json.line(answer) : text(answer));
        isAllCleared &= !answer.has("error");
      }
      return isAllCleared ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private String text(ObjectNode answer) {
      String where = answer.path("generator").asText();
      if (answer.has("error")) {
        return where + ": not cleared: " + answer.path("error").asText();
      }
      String tier = answer.path("tier").asText();
      return where
          + ": "
          + (tier.equals("none")
              ? "it keeps no answers"
              : "cleared %s of %s in %s"
                  .formatted(
                      account == null ? "the answers" : "the answers of " + account,
                      datasource == null ? "all datasources" : datasource,
                      tier));
    }
  }
}
