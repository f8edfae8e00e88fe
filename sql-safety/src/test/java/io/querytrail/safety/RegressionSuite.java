package io.querytrail.safety;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** PostgreSQL's own regression suite, where {@code scripts/fetch-postgres-regression} put it. */
public final class RegressionSuite {
  private static final Path SUITE = Path.of(System.getProperty("postgres.regression", ""));
  private static final Pattern DATA_FILE =
      Pattern.compile("\\\\set (\\w+) :abs_srcdir '(/data/[^']*)'");

  private RegressionSuite() {}

  /** In the order of the suite's schedule: later files use tables of earlier ones. */
  static List<Path> files() throws IOException {
    var names = new LinkedHashSet<String>();
    for (String line : Files.readAllLines(SUITE.resolve("parallel_schedule"))) {
      if (line.startsWith("test:")) {
        names.addAll(List.of(line.substring("test:".length()).trim().split("\\s+")));
      }
    }
    try (Stream<Path> all = Files.list(SUITE.resolve("sql"))) {
      all.map(file -> file.getFileName().toString().replace(".sql", ""))
          .sorted()
          .forEach(names::add);
    }
    return names.stream()
        .map(name -> SUITE.resolve("sql").resolve(name + ".sql"))
        .filter(Files::exists)
        .toList();
  }

  static List<PsqlScript.Command> commands(Path file) throws IOException {
    return PsqlScript.commands(withDataFiles(Files.readString(file)));
  }

  /** The suite loads data files by variables of psql; here their lines stand in the script. */
  private static String withDataFiles(String script) throws IOException {
    String result = script;
    for (Matcher file = DATA_FILE.matcher(script); file.find(); ) {
      Path data = SUITE.resolve(file.group(2).substring(1));
      if (!Files.exists(data)) {
        continue; // the suite's own build makes it
      }
      String lines = Files.readString(data);
      result =
          result.replaceFirst(
              "(?i)(copy\\s[^;]*from\\s+):'" + file.group(1) + "'[^;]*;",
              "$1STDIN;\n" + Matcher.quoteReplacement(lines) + "\\\\.\n");
    }
    return result;
  }

  /** Every statement of every file. */
  public static List<String> statements() throws IOException {
    var statements = new ArrayList<String>();
    for (Path file : files()) {
      commands(file).forEach(command -> statements.add(command.sql()));
    }
    return statements;
  }
}
