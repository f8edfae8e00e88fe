package io.querytrail.generator.cache;

import java.text.Normalizer;
import java.util.regex.Pattern;

/**
 * A question as far as its spelling cannot change what is asked: white space, the case of the first
 * letter and marks at the end do not count. All other letters keep their case, since a name or a
 * value may depend on it, and a question with quotation marks stays as it stands, since what is
 * between them is meant to the letter.
 */
public final class NormalQuestion {
  private static final Pattern QUOTES = Pattern.compile("[\"'`´‘’‚‛“”„‟«»‹›]");
  private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Z}]+");
  private static final Pattern END_MARKS = Pattern.compile("[\\s?!.]+$");

  private NormalQuestion() {}

  /** The text that equal questions share. */
  public static String of(String question) {
    if (QUOTES.matcher(question).find()) {
      return question.strip();
    }
    String text = Normalizer.normalize(question, Normalizer.Form.NFC);
    text = BLANKS.matcher(text).replaceAll(" ").strip();
    String words = END_MARKS.matcher(text).replaceFirst("");
    if (words.isEmpty()) {
      return text;
    }
    int first = words.codePointAt(0);
    return Character.toString(Character.toLowerCase(first))
        + words.substring(Character.charCount(first));
  }
}
