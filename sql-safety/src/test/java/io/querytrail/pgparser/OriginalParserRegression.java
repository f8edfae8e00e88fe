package io.querytrail.pgparser;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.safety.RegressionSuite;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The parser that the build makes, its huge functions split and compiled, says of every statement
 * of PostgreSQL's own suite what the published file says: same tree, same error, same position.
 */
class OriginalParserRegression {
  private static final Path FILE =
      Path.of("../pg-parser/src/main/wasm/libpg-query-17.7.4.wasm").toAbsolutePath().normalize();

  private final OriginalParser original = new OriginalParser(FILE);
  private final List<String> differences = new ArrayList<>();
  private ParserInstance built = new ParserInstance();
  private int trees;
  private int errors;

  @Test
  void saysOfEveryStatementWhatTheOriginalSays() throws IOException {
    // When
    for (String statement : RegressionSuite.statements()) {
      compare(statement);
      // Something to stumble over, so that errors are compared at every kind of token.
      compare(statement.substring(0, statement.length() * 2 / 3));
    }

    // Then
    System.out.printf(
        "original parser: %d trees and %d errors compared, %d differences%n",
        trees, errors, differences.size());
    assertThat(differences).isEmpty();
    assertThat(trees).isGreaterThan(20_000);
    assertThat(errors).isGreaterThan(10_000);
  }

  private void compare(String sql) {
    byte[] utf8 = sql.getBytes(StandardCharsets.UTF_8);
    OriginalParser.Answer wanted = original.parse(utf8);
    if (wanted.error().isEmpty()) {
      trees++;
    } else {
      errors++;
    }
    OriginalParser.Answer got = built(utf8);
    if (!got.equals(wanted) && differences.size() < 20) {
      differences.add(sql + "\n  original: " + wanted + "\n  built: " + got);
    }
  }

  private OriginalParser.Answer built(byte[] utf8) {
    if (built.hasGrown()) {
      built = new ParserInstance();
    }
    return switch (built.parse(utf8)) {
      case ParserInstance.Answer.Tree(byte[] json) ->
          new OriginalParser.Answer(new String(json, StandardCharsets.UTF_8), "", 0);
      case ParserInstance.Answer.Fault(String message, int position) ->
          new OriginalParser.Answer("", message, position);
      case ParserInstance.Answer.Nothing() -> new OriginalParser.Answer("", "", 0);
    };
  }
}
