package io.querytrail.pgparser;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.pgparser.ParseResult.Parsed;
import io.querytrail.pgparser.ParseResult.Refused;
import io.querytrail.pgparser.ParseResult.SyntaxError;
import java.util.List;
import org.junit.jupiter.api.Test;

class PgParserTest {
  private final PgParser parser = PgParser.create();

  @Test
  void givesTheTreeOfAStatement() {
    // When
    ParseResult result = parser.parse("SELECT total FROM orders WHERE id = 7");

    // Then
    assertThat(result).isInstanceOf(Parsed.class);
    var select = ((Parsed) result).tree().at("/stmts/0/stmt/SelectStmt");
    assertThat(select.at("/fromClause/0/RangeVar/relname").asText()).isEqualTo("orders");
  }

  @Test
  void tellsEveryStatementOfAText() {
    assertThat(((Parsed) parser.parse("SELECT 1; DROP TABLE orders")).tree().get("stmts"))
        .hasSize(2);
    assertThat(((Parsed) parser.parse("SELECT ';'")).tree().get("stmts")).hasSize(1);
    assertThat(((Parsed) parser.parse("/* nothing */ ;")).tree().path("stmts")).isEmpty();
    assertThat(((Parsed) parser.parse("")).tree().path("stmts")).isEmpty();
  }

  @Test
  void countsThePositionOfAnErrorInCharacters() {
    // When
    ParseResult result = parser.parse("SELECT 'é', 1 FORM orders");

    // Then
    assertThat(result).isEqualTo(new SyntaxError("syntax error at or near \"orders\"", 20));
  }

  @Test
  void readsPostgresLiteralsAndIdentifiers() {
    assertThat(parser.parse("SELECT $tag$ it's; $tag$, U&\"pg\\005fsleep\", E'a\\'b'"))
        .isInstanceOf(Parsed.class);
    assertThat(parser.parse("SELECT $tag$ it's; $tga$")).isInstanceOf(SyntaxError.class);
  }

  @Test
  void refusesWhatGoesBeyondItsLimits() {
    assertThat(parser.parse("SELECT '" + "x".repeat(PgParser.MAX_BYTES) + "'"))
        .isInstanceOf(Refused.class);
    assertThat(parser.parse("SELECT " + "/*".repeat(200) + "*/".repeat(200) + " 1"))
        .isInstanceOf(Refused.class);
    assertThat(parser.parse("SELECT 'a\0b'")).isInstanceOf(Refused.class);
    assertThat(parser.parse("SELECT a" + " || a".repeat(2_000))).isInstanceOf(Refused.class);
  }

  @Test
  void refusesHalfASurrogatePairWhereverItStands() {
    for (String half : List.of("\ud83d", "\ude00", "\ude00\ud83d", "\ud83d\ud83d\ude00")) {
      assertThat(parser.parse("SELECT '" + half + "'")).isInstanceOf(Refused.class);
      assertThat(parser.parse("SELECT 1 -- " + half)).isInstanceOf(Refused.class);
    }
    assertThat(parser.parse("SELECT '\ud83d\ude00\ud83d\ude00'")).isInstanceOf(Parsed.class);
  }

  @Test
  void goesOnAfterAStatementThatBreaksItsInstance() {
    // Given
    assertThat(parser.parse("SELECT a" + "||a".repeat(15_000))).isInstanceOf(Refused.class);

    // When
    ParseResult result = parser.parse("SELECT 1");

    // Then
    assertThat(result).isInstanceOf(Parsed.class);
  }

  @Test
  void nestingIsJudgedAlikeOnASmallStack() throws InterruptedException {
    // Given
    String deep = "SELECT " + "(SELECT ".repeat(100) + "1" + ")".repeat(100);
    var results = new ParseResult[2];

    // When
    runWithStack(256 << 10, () -> results[0] = PgParser.create().parse(deep));
    runWithStack(16 << 20, () -> results[1] = PgParser.create().parse(deep));

    // Then
    assertThat(results[0]).isInstanceOf(Parsed.class).isEqualTo(results[1]);
  }

  @Test
  void anInterruptedThreadParsesAlike() {
    // Given
    String sql = "SELECT id, count(*) FROM orders WHERE total > 7 GROUP BY id";
    ParseResult expected = parser.parse(sql);

    // When
    Thread.currentThread().interrupt();
    ParseResult result = parser.parse(sql);
    boolean stillInterrupted = Thread.interrupted();

    // Then
    assertThat(result).isInstanceOf(Parsed.class).isEqualTo(expected);
    assertThat(stillInterrupted).isTrue();
  }

  private static void runWithStack(long bytes, Runnable task) throws InterruptedException {
    var thread = new Thread(null, task, "small-stack", bytes);
    thread.start();
    thread.join();
  }
}
