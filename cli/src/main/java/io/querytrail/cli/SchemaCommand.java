package io.querytrail.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.querytrail.generator.SchemaRefresh;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    private static final Duration CONNECT = Duration.ofSeconds(5);

    /** A generator reads every schema that it keeps, each within its own time. */
    private static final Duration ANSWER = Duration.ofSeconds(60);

    @Mixin ConnectionOptions connection = new ConnectionOptions();

    @Parameters(paramLabel = "DATASOURCE", description = "By the name that policies use.")
    String datasource = "";

    @Option(
        names = "--generator",
        paramLabel = "URL",
        description =
            "Where a generator answers /health and /metrics; may be repeated. By default those of the"
                + " connection file.")
    List<String> generators = new ArrayList<>();

    @Option(names = "--json", description = "JSON lines, one for each generator.")
    boolean json;

    @Override
    public Integer call() throws InterruptedException {
      List<String> all = generators.isEmpty() ? connection.read().generators() : generators;
      if (all.isEmpty()) {
        throw new CommandException(
            ExitCodes.FAILED,
            "the connection file names no generators; name each with --generator http://HOST:PORT");
      }
      boolean isAllRead = true;
      try (HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).build()) {
        for (String generator : all) {
          ObjectNode answer = ask(http, generator);
          System.out.println(json ? Json.line(answer) : text(answer));
          isAllRead &= !answer.has("error") && answer.findValues("error").isEmpty();
        }
      }
      return isAllRead ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private ObjectNode ask(HttpClient http, String generator) throws InterruptedException {
      ObjectNode answer = Json.object();
      answer.put("generator", generator);
      answer.put("datasource", datasource);
      try {
        HttpResponse<String> response = http.send(request(generator), BodyHandlers.ofString());
        JsonNode body = Json.MAPPER.readTree(response.body());
        if (!body.isObject() || response.statusCode() != 200 && !body.has("error")) {
          answer.put("error", "it answered with HTTP status " + response.statusCode());
        } else {
          answer.setAll((ObjectNode) body);
        }
      } catch (JsonProcessingException e) {
        answer.put("error", "something answers there, but no generator");
      } catch (IOException e) {
        answer.put("error", "it does not answer (" + e.getClass().getSimpleName() + ")");
      }
      return answer;
    }

    private HttpRequest request(String generator) {
      String query = "?datasource=" + URLEncoder.encode(datasource, StandardCharsets.UTF_8);
      try {
        return HttpRequest.newBuilder(URI.create(generator + SchemaRefresh.PATH + query))
            .timeout(ANSWER)
            .POST(BodyPublishers.noBody())
            .build();
      } catch (IllegalArgumentException e) {
        throw new CommandException(
            ExitCodes.USAGE, "--generator is '" + generator + "'; use http://HOST:PORT");
      }
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
