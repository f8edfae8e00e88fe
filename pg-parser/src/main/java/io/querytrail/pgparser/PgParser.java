package io.querytrail.pgparser;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * PostgreSQL 17's own parser. Not thread-safe: create one per thread and keep it, since creating
 * takes tens of milliseconds. Needs no native code, no files and no network. The same text gives
 * the same result on every machine.
 */
public final class PgParser {
  /** Longer texts are refused. */
  public static final int MAX_BYTES = 64 * 1024;

  /** More openings of a comment are refused: the lexer takes quadratic time for nested ones. */
  public static final int MAX_COMMENT_OPENINGS = 64;

  /** Trees with more levels of JSON than this are refused; an SQL expression takes two or three. */
  public static final int MAX_TREE_DEPTH = 1_000;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              new com.fasterxml.jackson.core.JsonFactoryBuilder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_TREE_DEPTH).build())
                  .build())
          .nodeFactory(new SmallNodes())
          .build();

  private final DeepStack deepStack = new DeepStack();
  private ParserInstance instance = new ParserInstance();
  private boolean intact = true;

  private PgParser() {}

  public static PgParser create() {
    return new PgParser();
  }

  /** Parses a text of any number of statements. Never throws for what the text says. */
  public ParseResult parse(String sql) {
    if (hasHalfPair(sql)) {
      return new ParseResult.Refused("The text has half a surrogate pair");
    }
    byte[] utf8 = sql.getBytes(StandardCharsets.UTF_8);
    String refusal = refusal(utf8);
    return refusal.isEmpty() ? parse(utf8) : new ParseResult.Refused(refusal);
  }

  /** Such text has no UTF-8 form, and encoding would put a question mark in its place. */
  private static boolean hasHalfPair(String sql) {
    for (int i = 0; i < sql.length(); i++) {
      char unit = sql.charAt(i);
      if (Character.isSurrogate(unit)) {
        boolean pair = i + 1 < sql.length() && Character.isSurrogatePair(unit, sql.charAt(i + 1));
        if (!pair) {
          return true;
        }
        i++;
      }
    }
    return false;
  }

  private static String refusal(byte[] utf8) {
    if (utf8.length > MAX_BYTES) {
      return "The text has " + utf8.length + " bytes, the limit is " + MAX_BYTES;
    }
    int commentOpenings = 0;
    for (int i = 0; i < utf8.length; i++) {
      if (utf8[i] == 0) {
        return "The text has a zero byte";
      }
      if (utf8[i] == '*' && i > 0 && utf8[i - 1] == '/') {
        commentOpenings++;
      }
    }
    return commentOpenings > MAX_COMMENT_OPENINGS ? "The text has too many comments" : "";
  }

  private ParseResult parse(byte[] utf8) {
    if (!intact || instance.hasGrown()) {
      instance = new ParserInstance();
    }
    intact = false;
    ParserInstance.Answer answer;
    try {
      answer = deepStack.run(utf8, instance::parse);
    } catch (RuntimeException | StackOverflowError e) {
      // The instance is in an unknown state now; the next statement gets a new one.
      return new ParseResult.Refused("The parser gave up");
    }
    intact = true;
    return switch (answer) {
      case ParserInstance.Answer.Tree tree -> read(tree.json());
      case ParserInstance.Answer.Fault fault ->
          new ParseResult.SyntaxError(fault.message(), fault.position());
      case ParserInstance.Answer.Nothing() ->
          new ParseResult.Parsed(JsonNodeFactory.instance.objectNode());
    };
  }

  private static ParseResult read(byte[] json) {
    try {
      JsonNode tree = MAPPER.readTree(json);
      return new ParseResult.Parsed(tree);
    } catch (IOException e) {
      return new ParseResult.Refused("The statement is nested too deeply");
    }
  }
}
