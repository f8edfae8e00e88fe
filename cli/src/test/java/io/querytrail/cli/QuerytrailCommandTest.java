package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.schemas.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What can be said without a running stack. */
final class QuerytrailCommandTest {
  private static final Pattern ENTRY = Pattern.compile("\n {2}(?=[a-z])");

  static Stream<List<String>> commands() {
    return below(List.of(), QuerytrailCommand.commandLine());
  }

  private static Stream<List<String>> below(List<String> path, CommandLine command) {
    return Stream.concat(
        Stream.of(path),
        command.getSubcommands().entrySet().stream()
            .flatMap(sub -> {
              List<String> longer = new ArrayList<>(path);
              longer.add(sub.getKey());
              return below(longer, sub.getValue());
            }));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasHelp(List<String> path) {
    Ran ran = Ran.command(Stream.concat(path.stream(), Stream.of("--help")).toArray(String[]::new));

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out())
        .startsWith(
            String.join(" ", Stream.concat(Stream.of("Usage: querytrail"), path.stream()).toList()))
        // An option without a label of its own shows the field's name in angle brackets.
        .doesNotContain("=<");
  }

  @Test
  void hasTheCommandsThatAreDocumented() {
    assertThat(QuerytrailCommand.commandLine().getSubcommands().keySet())
        .containsExactlyInAnyOrder(
            "up",
            "demo",
            "ask",
            "request",
            "watch",
            "consume",
            "account",
            "budget",
            "prices",
            "report",
            "log",
            "show",
            "topics",
            "safety",
            "schema",
            "cache",
            "audit",
            "partitions",
            "sink",
            "db",
            "ops");
    assertThat(commands())
        .contains(
            List.of("cache", "clear"),
            List.of("schema", "show"),
            List.of("schema", "refresh"),
            List.of("account", "apply"),
            List.of("account", "show"),
            List.of("account", "pause"),
            List.of("account", "resume"),
            List.of("budget", "show"),
            List.of("budget", "adjust"),
            List.of("budget", "reset"),
            List.of("budget", "replay"),
            List.of("request", "cancel"),
            List.of("report", "cost"),
            List.of("audit", "verify"),
            List.of("partitions", "ensure"),
            List.of("partitions", "list"),
            List.of("partitions", "detach"),
            List.of("partitions", "attach"),
            List.of("partitions", "drop"),
            List.of("sink", "rebuild"),
            List.of("topics", "create"),
            List.of("topics", "list"),
            List.of("safety", "check"),
            List.of("safety", "explain"));
  }

  @Test
  void listsEveryCommandByAWholeSentence() {
    Ran ran = Ran.command();

    assertThat(ran.exitCode()).isZero();
    String list =
        ran.out().substring(ran.out().indexOf("Commands:"), ran.out().indexOf("Exit codes:"));
    // Each entry begins after two blanks; what follows it is indented further.
    for (String entry : ENTRY.split(list.strip(), -1)) {
      assertThat(entry.strip()).matches(text -> text.equals("Commands:") || text.endsWith("."));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "ask",
        "ask q --account a",
        "watch",
        "--nonsense",
        "account",
        "budget",
        "report",
        "topics",
        "demo --requests many",
        "show"
      })
  void refusesCallsThatAreNotMeantAnyWay(String arguments) {
    Ran ran = Ran.command(arguments.split(" "));

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).containsAnyOf("Usage: querytrail", "Did you mean");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandSaysTheVersion(List<String> path) {
    Ran ran =
        Ran.command(Stream.concat(path.stream(), Stream.of("--version")).toArray(String[]::new));

    assertThat(ran).isEqualTo(new Ran(0, "querytrail 0.1.0\n", ""));
  }

  @Test
  void listsTopicsInATableAndAsJson() {
    Ran table = Ran.command("topics", "list");
    Ran json = Ran.command("topics", "list", "--json");

    for (Topic topic : Topic.values()) {
      assertThat(table.out()).contains("| " + topic.shortName() + " ").contains(topic.topicName());
    }
    assertThat(json.jsonLines())
        .extracting(line -> line.path("name").asText())
        .containsExactly(Stream.of(Topic.values()).map(Topic::topicName).toArray(String[]::new));
  }

  @Test
  void refusesModelOfUnknownProviderBeforeItStartsAnything() {
    Ran ran = Ran.command("demo", "--model", "other:model");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.err()).contains("--model is 'other:model'; use openai:NAME");
  }

  @Test
  void saysWhatIsWrongWithStackConfigBeforeItStartsAnything() {
    Ran ran = Ran.command("up", "--config", "no-such-file.yaml");

    assertThat(ran.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(ran.err()).contains("no-such-file.yaml").contains("there is no such file");
  }
}
