package io.querytrail.pgparser;

import static org.assertj.core.api.Assertions.assertThat;

import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.querytrail.pgparser.ParserInstance.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The split and tightened parser against the file as the package has it: tree, error and position
 * must be the same to the byte. {@code -Dsplit.statements=FILE} compares more: JSON lines with
 * {@code sql}.
 */
class SplitParserTest {
  private static final Path ORIGINAL = Path.of("src/main/wasm/libpg-query-17.7.4.wasm");
  private static final Path CORPUS = Path.of("../sql-safety/src/test/resources/corpus");

  /** Functions too large for the JVM are interpreted, with a frame for every block. */
  private static final long STACK_BYTES = 512L << 20;

  @Test
  void givesWhatTheOriginalGives() throws Exception {
    // Given
    List<String> statements = statements();
    var differences = new ArrayList<String>();
    var trees = new int[1];

    // When
    onDeepStack(() -> {
      ParserInstance original = original();
      var split = new ParserInstance();
      for (String sql : statements) {
        byte[] utf8 = sql.getBytes(StandardCharsets.UTF_8);
        String expected = text(original.parse(utf8));
        String actual = text(split.parse(utf8));
        trees[0] += expected.startsWith("{") ? 1 : 0;
        if (!actual.equals(expected)) {
          differences.add(sql);
        }
      }
    });

    // Then
    assertThat(differences).isEmpty();
    assertThat(statements).hasSizeGreaterThan(600);
    assertThat(trees[0]).isBetween(statements.size() / 2, statements.size() - 1);
  }

  private static ParserInstance original() {
    WasmModule module = Parser.parse(ORIGINAL);
    return new ParserInstance(
        module,
        MachineFactoryCompiler.builder(module)
            .withInterpreterFallback(InterpreterFallback.SILENT)
            .compile());
  }

  private static String text(Answer answer) {
    return switch (answer) {
      case Answer.Tree tree -> new String(tree.json(), StandardCharsets.UTF_8);
      case Answer.Fault fault -> fault.position() + " " + fault.message();
      case Answer.Nothing() -> "nothing";
    };
  }

  private static List<String> statements() throws IOException {
    var mapper = new JsonMapper();
    var statements = new ArrayList<String>();
    var files =
        new ArrayList<>(List.of(CORPUS.resolve("attacks.jsonl"), CORPUS.resolve("benign.jsonl")));
    String more = System.getProperty("split.statements");
    if (more != null) {
      files.add(Path.of(more));
    }
    for (Path file : files) {
      for (String line : Files.readAllLines(file)) {
        statements.add(mapper.readTree(line).path("sql").asText());
      }
    }
    for (String file : List.of("accepted.sql", "rejected.sql")) {
      statements.addAll(Files.readAllLines(CORPUS.resolve(file)));
    }
    return statements;
  }

  private static void onDeepStack(Runnable task) throws InterruptedException {
    var failure = new Throwable[1];
    var thread = new Thread(null, task, "original-parser", STACK_BYTES);
    thread.setUncaughtExceptionHandler((t, e) -> failure[0] = e);
    thread.start();
    thread.join();
    assertThat(failure[0]).isNull();
  }
}
