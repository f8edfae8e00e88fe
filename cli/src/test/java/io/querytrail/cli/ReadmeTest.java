package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the documents show is what the code does. */
final class ReadmeTest {
  private static final Path ROOT = Path.of("..");
  private static final Path EXAMPLE =
      ROOT.resolve("schemas/src/test/java/io/querytrail/example/ReadmeExample.java");
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(#[^)]*)?\\)");

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"asking", "reading"})
  void showsTheExampleThatIsCompiled(String region) {
    String shown =
        between(
            read(ROOT.resolve("README.md")),
            "<!-- ReadmeExample: " + region + " -->\n```java\n",
            "```\n");
    String compiled =
        between(read(EXAMPLE), "// readme:begin " + region + "\n", "    // readme:end " + region);

    assertThat(shown).isEqualTo(compiled.stripTrailing().stripIndent() + "\n");
  }

  private static String between(String text, String start, String end) {
    int from = text.indexOf(start);
    assertThat(from).as("'%s' in the text", start).isNotNegative();
    int to = text.indexOf(end, from + start.length());
    assertThat(to).as("'%s' after '%s'", end, start).isNotNegative();
    return text.substring(from + start.length(), to);
  }

  static Stream<String> commandsShown() {
    return documents()
        .flatMap(document -> read(document).lines())
        .map(String::strip)
        .filter(line -> line.startsWith("./querytrail "))
        .map(line -> line.substring("./querytrail ".length()).replaceFirst(" {2,}#.*", ""));
  }

  private static Stream<Path> documents() {
    return Stream.of(
            "README.md",
            "docs/operations.md",
            "docs/topics.md",
            "ARCHITECTURE.md",
            "CONTRIBUTING.md")
        .map(ROOT::resolve);
  }

  @ParameterizedTest
  @MethodSource("commandsShown")
  void showsCommandsThatAreTaken(String command) {
    List<String> words = new ArrayList<>();
    for (MatchResult word : WORD.matcher(command).results().toList()) {
      words.add(word.group(1) == null ? word.group(2) : word.group(1));
    }

    assertThatCode(() -> QuerytrailCommand.commandLine().parseArgs(words.toArray(String[]::new)))
        .doesNotThrowAnyException();
  }

  @Test
  void linksToFilesThatAreThere() {
    documents()
        .forEach(document -> {
          Matcher link = LINK.matcher(read(document));
          while (link.find()) {
            assertThat(document.resolveSibling(link.group(1))).as("link in %s", document).exists();
          }
        });
  }

  /** Names of metrics as the services give them; what comes from libraries is not ours to check. */
  @Test
  void namesMetricsRolesAndSchemasThatThereAre() throws IOException {
    Matcher named =
        Pattern.compile("querytrail_[a-z_]+").matcher(read(ROOT.resolve("docs/operations.md")));
    String sources = sources("src/main/java", ".java");
    String database = sources("src/main/resources", ".sql");

    assertThat(named.results().map(MatchResult::group).distinct())
        .isNotEmpty()
        .allMatch(name ->
            sources.contains('"' + meter(name) + '"')
                || Pattern.compile("\\b" + name + "\\b").matcher(database).find());
  }

  private static String meter(String metric) {
    return metric.replaceFirst("(_total|_seconds_)$", "").replace('_', '.');
  }

  private static String sources(String directory, String suffix) throws IOException {
    StringBuilder all = new StringBuilder();
    for (String module : List.of("audit-stream", "generator-service", "metrics-sink")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve(directory))) {
        files
            .filter(file -> file.toString().endsWith(suffix))
            .forEach(file -> all.append(read(file)));
      }
    }
    return all.toString();
  }
}
