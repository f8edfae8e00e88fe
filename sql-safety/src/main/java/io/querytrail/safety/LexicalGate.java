package io.querytrail.safety;

import java.util.HexFormat;
import java.util.OptionalInt;

/**
 * Looks at the characters of a text before any parser does. It stops what could hurt the parser and
 * what a person who reads the statement would not see; it knows nothing of SQL, so words are free.
 */
final class LexicalGate {
  static final int MAX_CHARACTERS = 16 * 1024;
  private static final int MAX_BRACKET_DEPTH = 100;
  private static final int MAX_COMMENT_OPENINGS = 16;
  private static final int MAX_OPERATOR_RUN = 200;

  /** The parser's work grows with words and operators, literals of one word are cheap. */
  private static final int MAX_TOKENS = 2_000;

  private static final String OPERATOR_CHARACTERS = "~!@#^&|`?+-*/%<>=";
  private static final int ZERO_WIDTH_NON_JOINER = 0x200c;
  private static final int ZERO_WIDTH_JOINER = 0x200d;

  private final String sql;
  private final Findings findings;

  LexicalGate(String sql, Findings findings) {
    this.sql = sql;
    this.findings = findings;
  }

  void check() {
    if (sql.length() > MAX_CHARACTERS) {
      throw findings.fatal(
          SafetyRule.RESOURCE,
          "The statement has "
              + sql.length()
              + " characters, at most "
              + MAX_CHARACTERS
              + " are judged",
          OptionalInt.empty());
    }
    int commentOpenings = 0;
    int bracketDepth = 0;
    int operatorRun = 0;
    int tokens = 0;
    boolean inWord = false;
    for (int i = 0; i < sql.length(); i += Character.charCount(sql.codePointAt(i))) {
      int character = sql.codePointAt(i);
      checkCharacter(i, character);
      bracketDepth = Math.max(0, bracketDepth + bracket(character));
      operatorRun = OPERATOR_CHARACTERS.indexOf(character) >= 0 ? operatorRun + 1 : 0;
      if (character == '*' && i > 0 && sql.charAt(i - 1) == '/') {
        commentOpenings++;
      }
      boolean wordCharacter = Character.isLetterOrDigit(character) || character == '_';
      if (wordCharacter && !inWord || operatorRun == 1 || bracket(character) > 0) {
        tokens++;
      }
      inWord = wordCharacter;
      if (tokens > MAX_TOKENS) {
        throw tooMuch("The statement has too many words and operators", i);
      }
      if (bracketDepth > MAX_BRACKET_DEPTH) {
        throw tooMuch("Brackets are nested too deeply", i);
      }
      if (operatorRun > MAX_OPERATOR_RUN) {
        throw tooMuch("Too many operator characters in a row", i);
      }
      if (commentOpenings > MAX_COMMENT_OPENINGS) {
        throw tooMuch("Too many comments", i);
      }
    }
  }

  private static int bracket(int character) {
    return switch (character) {
      case '(', '[' -> 1;
      case ')', ']' -> -1;
      default -> 0;
    };
  }

  private void checkCharacter(int index, int character) {
    if (character >= ' ' && character < 0x7f
        || character == '\n'
        || character == '\t'
        || character == '\r') {
      return;
    }
    if (isHidden(character) && !joinsLetters(index, character)) {
      throw findings.fatal(
          SafetyRule.ENCODING,
          "Character U+"
              + HexFormat.of().withUpperCase().toHexDigits(character, 6)
              + " does not belong into a statement",
          position(index));
    }
  }

  /** Control, formatting and blank characters that are not what an editor shows. */
  private static boolean isHidden(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR ->
          true;
      default -> isBlankLetter(character) || isNoCharacter(character);
    };
  }

  private static boolean isBlankLetter(int character) {
    return switch (character) {
      case 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x2800, 0x3164, 0xffa0 -> true;
      default -> character >= 0xe0000 && character < 0xe0100;
    };
  }

  private static boolean isNoCharacter(int character) {
    return (character & 0xfffe) == 0xfffe || (character >= 0xfdd0 && character <= 0xfdef);
  }

  /** Persian, Hindi and composed emoji need joiners, between characters that are not ASCII. */
  private boolean joinsLetters(int index, int character) {
    return (character == ZERO_WIDTH_NON_JOINER || character == ZERO_WIDTH_JOINER)
        && index > 0
        && index + 1 < sql.length()
        && sql.charAt(index - 1) > 0x7f
        && sql.charAt(index + 1) > 0x7f;
  }

  private Findings.Enough tooMuch(String message, int index) {
    return findings.fatal(SafetyRule.RESOURCE, message, position(index));
  }

  private OptionalInt position(int index) {
    return OptionalInt.of(sql.codePointCount(0, index) + 1);
  }
}
