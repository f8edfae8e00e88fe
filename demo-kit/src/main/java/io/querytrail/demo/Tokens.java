package io.querytrail.demo;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text cut into tokens: the pieces that OpenAI's o200k encoding begins with, without the table by
 * which it then splits rare words further. So the count is near the true one and never above it.
 */
final class Tokens {
  private static final Pattern PIECE =
      Pattern.compile(
          """
          [^\\r\\n\\p{L}\\p{N}]?\\p{Lu}*[\\p{L}&&[^\\p{Lu}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?\
          |[^\\r\\n\\p{L}\\p{N}]?\\p{Lu}+\
          |\\p{N}{1,3}\
          | ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*\
          |\\s*[\\r\\n]+\
          |\\s+(?!\\S)\
          |\\s+\
          """);

  private final String text;
  private final int[] ends;

  private Tokens(String text, int[] ends) {
    this.text = text;
    this.ends = ends;
  }

  static Tokens of(String text) {
    int[] ends = new int[text.length()];
    int count = 0;
    Matcher pieces = PIECE.matcher(text);
    while (pieces.find()) {
      ends[count++] = pieces.end();
    }
    return new Tokens(text, Arrays.copyOf(ends, count));
  }

  int count() {
    return ends.length;
  }

  /** Where in the text token number {@code count}, from 1, ends. */
  int end(int count) {
    return ends[count - 1];
  }

  /** The text up to and with its token number {@code count}. */
  String first(int count) {
    return count >= ends.length ? text : text.substring(0, count == 0 ? 0 : ends[count - 1]);
  }
}
