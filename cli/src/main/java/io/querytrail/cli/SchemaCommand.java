package io.querytrail.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.querytrail.generator.SchemaRefresh;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What models are told of databases. */
@Command(
    name = "schema",
    mixinStandardHelpOptions = true,
    description = "What models are told of a database, and telling generators that it changed.",
    subcommands = {SchemaCommand.Refresh.class, SchemaShowCommand.class})
final class SchemaCommand {
  private SchemaCommand() {}

  @Command(
      name = "refresh",
      mixinStandardHelpOptions = true,
      description = {
        "Have generators read the catalogs of a datasource again, now.",
        "They look by themselves whether tables, columns, comments or rights changed, every 10 seconds unless"
            + " configured otherwise; this is for what they cannot see, such as new frequent values."
      })
  static final class Refresh implements Callable<Integer> {
    @Mixin Generators generators = new Generators();

    @Parameters(paramLabel = "DATASOURCE", description = "By the name that policies use.")
    String datasource = "";

    @Option(names = "--json", description = "JSON lines, one for each generator.")
    boolean json;

    @Override
    public Integer call() throws InterruptedException {
      boolean isAllRead = true;
      for (ObjectNode answer :
          generators.tell(SchemaRefresh.PATH, Map.of("datasource", datasource))) {
        answer.put("datasource", datasource);
        System.out.println(json ? Json.line(answer) : text(answer));
        isAllRead &= !answer.has("error") && answer.findValues("error").isEmpty();
      }
      return isAllRead ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private static String text(ObjectNode answer) {
      String where = answer.path("generator").asText();
      if (answer.has("error")) {
        return where + ": " + answer.path("error").asText();
      }
      if (answer.path("read").isEmpty()) {
        return where + ": it keeps no schema of the datasource; the next question reads it";
      }
      StringBuilder lines = new StringBuilder();
      for (JsonNode one : answer.path("read")) {
        lines.append(lines.isEmpty() ? "" : "\n").append(where).append(": ").append(line(one));
      }
      return lines.append(", in ").append(answer.path("millis")).append(" ms").toString();
    }

    private static String line(JsonNode one) {
      List<String> schemas = new ArrayList<>();
      one.path("schemas").forEach(schema -> schemas.add(schema.asText()));
      String names = String.join(", ", schemas);
      if (one.has("error")) {
        return names + " could not be read: " + one.path("error").asText();
      }
      boolean same = one.path("fingerprint").equals(one.path("fingerprintBefore"));
      return "%s has %d relations, %s"
          .formatted(
              names,
              one.path("relations").asInt(),
              same
                  ? "unchanged"
                  : "changed from fingerprint %.12s to %.12s"
                      .formatted(
                          one.path("fingerprintBefore").asText(),
                          one.path("fingerprint").asText()));
    }
  }
}
