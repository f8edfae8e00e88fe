package io.querytrail.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import io.querytrail.events.QueryRequested;
import io.querytrail.events.RequesterContext;
import io.querytrail.schemas.RequestProducer;
import io.querytrail.schemas.RequestRules;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Sends a file of questions. */
@Command(
    name = "request",
    mixinStandardHelpOptions = true,
    subcommands = RequestCancelCommand.class,
    description = {
      "Send a file of requests, each line a JSON object.",
      "  {\"account\": \"acme\", \"user\": \"ann\", \"question\": \"...\"}",
      "Also taken: requestId, team, datasource, preferredTier, tags, context (role, locale, timeZone, terms).",
      "The whole file is checked first; with an error in any line nothing is sent."
    })
final class RequestCommand implements Callable<Integer> {
  private static final Set<String> KEYS =
      Set.of(
          "requestId",
          "account",
          "user",
          "team",
          "datasource",
          "question",
          "preferredTier",
          "tags",
          "context");
  private static final Set<String> CONTEXT_KEYS = Set.of("role", "locale", "timeZone", "terms");
  private static final int MAX_ERRORS_SHOWN = 20;

  /** What stands twice on a line, or after its object, would otherwise vanish without a word. */
  private static final ObjectReader LINES =
      Json.MAPPER
          .reader()
          .with(
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
              DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Option(names = "--file", paramLabel = "F.jsonl", description = "The requests.")
  @Nullable Path file;

  @Option(names = "--json", description = "Print the request ids as JSON lines.")
  boolean json;

  @Override
  public Integer call() {
    List<QueryRequested> requests = read(given());
    List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>(requests.size());
    try (RequestProducer producer =
            RequestProducer.open(
                connection.reachable().kafka().clientSettings(), "querytrail/cli");
        @Nullable ProgressBar progress = progress(requests.size())) {
      for (QueryRequested request : requests) {
        sent.add(
            producer
                .ask(request)
                .whenComplete((metadata, error) -> {
                  if (progress != null) {
                    progress.step();
                  }
                }));
      }
      CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).join();
    } catch (CompletionException e) {
      long failed = sent.stream().filter(CompletableFuture::isCompletedExceptionally).count();
      throw new CommandException(
          ExitCodes.FAILED,
          "%d of %d requests were not taken: %s; sending the file again is safe where it gives request ids"
              .formatted(failed, requests.size(), e.getCause()));
    }
    if (json) {
      requests.forEach(request ->
          System.out.println(
              Json.line(
                  Map.of("account", request.getAccount(), "requestId", request.getRequestId()))));
    } else {
      System.out.printf("%d requests sent%n", requests.size());
    }
    return ExitCodes.OK;
  }

  private static @Nullable ProgressBar progress(int total) {
    return Terminal.isThere()
        ? new ProgressBarBuilder().setTaskName("requests").setInitialMax(total).build()
        : null;
  }

  /** Not an option that picocli asks for: below this command there are others. */
  private Path given() {
    if (file == null) {
      throw new CommandException(
          ExitCodes.USAGE, "--file is missing; name a file of requests, or a subcommand");
    }
    return file;
  }

  private List<QueryRequested> read(Path file) {
    List<QueryRequested> requests = new ArrayList<>();
    List<String> errors = new ArrayList<>();
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          try {
            requests.add(parse(line));
          } catch (IllegalArgumentException e) {
            errors.add("line " + number + ": " + e.getMessage());
          }
        }
      }
    } catch (IOException e) {
      throw new CommandException(ExitCodes.USAGE, "cannot read " + file + ": " + e);
    }
    if (!errors.isEmpty()) {
      String more =
          errors.size() > MAX_ERRORS_SHOWN
              ? "\n  and %d more".formatted(errors.size() - MAX_ERRORS_SHOWN)
              : "";
      throw new CommandException(
          ExitCodes.USAGE,
          file
              + ": nothing was sent:\n  "
              + String.join("\n  ", errors.subList(0, Math.min(errors.size(), MAX_ERRORS_SHOWN)))
              + more);
    }
    return requests;
  }

  private static QueryRequested parse(String line) {
    JsonNode node;
    try {
      node = LINES.readTree(line);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("is not JSON: " + e.getOriginalMessage(), e);
    }
    if (!node.isObject()) {
      throw new IllegalArgumentException("is not a JSON object");
    }
    requireKnown(node, KEYS, "");
    String id = optional(node, "requestId");
    QueryRequested request =
        QueryRequested.newBuilder()
            .setRequestId(id == null ? UUID.randomUUID().toString() : id)
            .setAccount(required(node, "account"))
            .setUser(required(node, "user"))
            .setQuestion(required(node, "question"))
            .setTeam(optional(node, "team"))
            .setDatasource(optional(node, "datasource"))
            .setPreferredTier(optional(node, "preferredTier"))
            .setTags(strings(node.path("tags"), "tags"))
            .setContext(context(node.path("context")))
            .build();
    List<String> violations = RequestRules.violations(request);
    if (!violations.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", violations));
    }
    return request;
  }

  private static @Nullable RequesterContext context(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    requireKnown(node, CONTEXT_KEYS, "context.");
    return RequesterContext.newBuilder()
        .setRole(optional(node, "role"))
        .setLocale(optional(node, "locale"))
        .setTimeZone(optional(node, "timeZone"))
        .setTerms(strings(node.path("terms"), "context.terms"))
        .build();
  }

  private static void requireKnown(JsonNode node, Set<String> known, String prefix) {
    node.fieldNames()
        .forEachRemaining(key -> {
          if (!known.contains(key)) {
            throw new IllegalArgumentException(
                "unknown key " + prefix + key + "; known keys are " + new TreeSet<>(known));
          }
        });
  }

  private static String required(JsonNode node, String key) {
    String value = optional(node, key);
    if (value == null) {
      throw new IllegalArgumentException(key + " is missing");
    }
    return value;
  }

  private static @Nullable String optional(JsonNode node, String key) {
    JsonNode value = node.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isTextual()) {
      throw new IllegalArgumentException(key + " must be text and is " + value);
    }
    return value.asText();
  }

  private static Map<String, String> strings(JsonNode node, String key) {
    Map<String, String> map = new HashMap<>();
    if (node.isMissingNode() || node.isNull()) {
      return map;
    }
    if (!node.isObject()) {
      throw new IllegalArgumentException(key + " must be an object of texts");
    }
    node.properties()
        .forEach(entry -> {
          if (!entry.getValue().isTextual()) {
            throw new IllegalArgumentException(key + "." + entry.getKey() + " must be text");
          }
          map.put(entry.getKey(), entry.getValue().asText());
        });
    return map;
  }
}
