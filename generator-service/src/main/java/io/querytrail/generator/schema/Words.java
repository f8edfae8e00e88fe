package io.querytrail.generator.schema;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The words of questions, names and comments, made comparable: lower case, parted at underscores
 * and at humps, plural and singular alike.
 */
final class Words {
  private static final Pattern WORD =
      Pattern.compile("\\p{Lu}+(?!\\p{Ll})|\\p{Lu}?\\p{Ll}+|\\p{Lo}+|\\p{N}+");

  /** Words that say nothing about which table is meant. */
  private static final Set<String> NOISE =
      Set.of(
          "a", "all", "an", "and", "are", "at", "by", "each", "for", "from", "give", "had", "have",
          "how", "i", "in", "is", "it", "list", "many", "me", "most", "much", "of", "on", "or",
          "per", "show", "that", "the", "their", "to", "was", "we", "were", "what", "which", "who",
          "with");

  private Words() {}

  static Set<String> of(@Nullable String text) {
    Set<String> words = new HashSet<>();
    if (text == null) {
      return words;
    }
    Matcher matcher = WORD.matcher(text);
    while (matcher.find()) {
      String word = matcher.group().toLowerCase(Locale.ROOT);
      if (!NOISE.contains(word)) {
        words.add(singular(word));
      }
    }
    return words;
  }

  private static String singular(String word) {
    if (word.length() > 4 && word.endsWith("ies")) {
      return word.substring(0, word.length() - 3) + "y";
    }
    if (word.length() > 4 && endsWithAny(word, "sses", "uses", "xes", "ches", "shes")) {
      return word.substring(0, word.length() - 2);
    }
    if (word.length() > 3 && word.endsWith("s") && !endsWithAny(word, "ss", "is", "us")) {
      return word.substring(0, word.length() - 1);
    }
    return word;
  }

  private static boolean endsWithAny(String word, String... ends) {
    for (String end : ends) {
      if (word.endsWith(end)) {
        return true;
      }
    }
    return false;
  }
}
