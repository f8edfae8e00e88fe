package io.querytrail.safety;

import java.util.Arrays;
import java.util.Optional;

/**
 * A constant as it is written in a statement, in bytes of UTF-8.
 *
 * @param start of its first byte, behind a sign
 * @param end after its last byte
 */
record SqlLiteral(int start, int end, Kind kind) {
  enum Kind {
    TEXT,
    BITS,
    NUMBER
  }

  /** The constant at the place where the tree has one; nothing where a keyword stands for it. */
  static Optional<SqlLiteral> at(byte[] utf8, int location) {
    return location < 0 ? Optional.empty() : new Reader(utf8, location).read();
  }

  private static final class Reader {
    private final byte[] utf8;
    private int at;

    Reader(byte[] utf8, int location) {
      this.utf8 = utf8;
      this.at = location;
    }

    Optional<SqlLiteral> read() {
      while (current() == '-' || current() == '+' || isSpace(current())) {
        at++;
      }
      int start = at;
      int c = current();
      if (c >= '0' && c <= '9' || c == '.') {
        return Optional.of(new SqlLiteral(start, endOfNumber(), Kind.NUMBER));
      }
      if (c == '$') {
        return endOfDollarQuote().map(end -> new SqlLiteral(start, end, Kind.TEXT));
      }
      int lower = c | 0x20;
      boolean prefixed = c >= 'A' && next(1) == '\'';
      if (lower == 'u' && next(1) == '&' && next(2) == '\'') {
        at += 2;
        return quoted(false).map(end -> new SqlLiteral(start, withEscapeClause(end), Kind.TEXT));
      }
      if (prefixed && (lower == 'e' || lower == 'b' || lower == 'x')) {
        at++;
        return quoted(lower == 'e')
            .map(end -> new SqlLiteral(start, end, lower == 'e' ? Kind.TEXT : Kind.BITS));
      }
      return c == '\''
          ? quoted(false).map(end -> new SqlLiteral(start, end, Kind.TEXT))
          : Optional.empty();
    }

    private int endOfNumber() {
      while (isWord(current()) || current() == '.') {
        boolean exponent = (current() | 0x20) == 'e' && (next(1) == '-' || next(1) == '+');
        at += exponent && !isHex() ? 2 : 1;
      }
      return at;
    }

    /** In 0xE+1 the sign is an operator. */
    private boolean isHex() {
      int start = at;
      while (start > 0 && isWord(utf8[start - 1] & 0xFF)) {
        start--;
      }
      return utf8[start] == '0' && start + 1 < at && (utf8[start + 1] | 0x20) == 'x';
    }

    private Optional<Integer> endOfDollarQuote() {
      int tagEnd = at + 1;
      while (tagEnd < utf8.length && isWord(utf8[tagEnd] & 0xFF)) {
        tagEnd++;
      }
      if (tagEnd >= utf8.length || utf8[tagEnd] != '$') {
        return Optional.empty();
      }
      int length = tagEnd + 1 - at;
      for (int i = tagEnd + 1; i + length <= utf8.length; i++) {
        if (Arrays.equals(utf8, i, i + length, utf8, at, at + length)) {
          return Optional.of(i + length);
        }
      }
      return Optional.empty();
    }

    /** The end of a text whose opening quote is here, with the parts that go on in later lines. */
    private Optional<Integer> quoted(boolean escapes) {
      while (true) {
        at++;
        while (current() != '\'' || next(1) == '\'') {
          if (current() < 0) {
            return Optional.empty();
          }
          at += current() == '\'' || escapes && current() == '\\' ? 2 : 1;
        }
        at++;
        int end = at;
        if (!skipBlanks() || current() != '\'') {
          return Optional.of(end);
        }
      }
    }

    /** Past blanks and comments of one line; whether the line ended. */
    private boolean skipBlanks() {
      boolean newLine = false;
      while (isSpace(current()) || current() == '-' && next(1) == '-') {
        if (current() == '-') {
          while (current() >= 0 && current() != '\n' && current() != '\r') {
            at++;
          }
        } else {
          newLine |= current() == '\n' || current() == '\r';
          at++;
        }
      }
      return newLine;
    }

    private int withEscapeClause(int end) {
      at = end;
      skipBlanks();
      for (char c : "uescape".toCharArray()) {
        if ((current() | 0x20) != c) {
          return end;
        }
        at++;
      }
      skipBlanks();
      return current() == '\'' ? quoted(false).orElse(end) : end;
    }

    private int current() {
      return next(0);
    }

    private int next(int ahead) {
      return at + ahead < utf8.length ? utf8[at + ahead] & 0xFF : -1;
    }
  }

  static boolean isSpace(int c) {
    return c == ' ' || c >= '\t' && c <= '\r';
  }

  /** Whether a byte, as a number from 0, can stand in a name or number. */
  static boolean isWord(int c) {
    return c >= '0' && c <= '9'
        || c >= 'A' && c <= 'Z'
        || c >= 'a' && c <= 'z'
        || c == '_'
        || c >= 0x80;
  }
}
