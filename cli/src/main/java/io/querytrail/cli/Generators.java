package io.querytrail.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The generators that a command tells something, and how each answers. */
final class Generators {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** A generator that reads schemas reads every one that it keeps, each within its own time. */
  private static final Duration ANSWER = Duration.ofSeconds(60);

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Option(
      names = "--generator",
      paramLabel = "URL",
      description =
          "Where a generator answers /health and /metrics; may be repeated. By default those of the"
              + " connection file.")
  List<String> urls = new ArrayList<>();

  /**
   * Tells all of them in turn.
   *
   * @return for each its {@code generator}, and what it said or an {@code error}
   */
  List<ObjectNode> tell(String path, Map<String, String> parameters) throws InterruptedException {
    List<String> all = urls.isEmpty() ? connection.read().generators() : urls;
    if (all.isEmpty()) {
      throw new CommandException(
          ExitCodes.FAILED,
          "the connection file names no generators; name each with --generator http://HOST:PORT");
    }
    String query =
        parameters.entrySet().stream()
            .map(parameter -> parameter.getKey() + "=" + encoded(parameter.getValue()))
            .collect(Collectors.joining("&", "?", ""));
    List<ObjectNode> answers = new ArrayList<>();
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).build()) {
      for (String generator : all) {
        answers.add(ask(http, generator, path + query));
      }
    }
    return answers;
  }

  private static ObjectNode ask(HttpClient http, String generator, String what)
      throws InterruptedException {
    ObjectNode answer = Json.object();
    answer.put("generator", generator);
    try {
      HttpResponse<String> response = http.send(request(generator, what), BodyHandlers.ofString());
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

  private static HttpRequest request(String generator, String what) {
    try {
      return HttpRequest.newBuilder(URI.create(generator + what))
          .timeout(ANSWER)
          .POST(BodyPublishers.noBody())
          .build();
    } catch (IllegalArgumentException e) {
      throw new CommandException(
          ExitCodes.USAGE, "--generator is '" + generator + "'; use http://HOST:PORT");
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
