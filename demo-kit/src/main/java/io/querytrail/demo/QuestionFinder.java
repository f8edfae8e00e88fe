package io.querytrail.demo;

import io.querytrail.demo.ChatRequest.Message;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the question in a prompt that also holds a schema and instructions: the known question that
 * stands last in the user's latest message that has one. Case, marks and blanks don't matter.
 */
final class QuestionFinder {
  private static final int MAX_UNKNOWN_LENGTH = 300;

  private final Map<String, ShopQuestion> byWords = new LinkedHashMap<>();

  QuestionFinder(List<ShopQuestion> questions) {
    for (ShopQuestion question : questions) {
      byWords.put(words(question.question()), question);
    }
  }

  Optional<ShopQuestion> find(List<Message> messages) {
    return messages.reversed().stream()
        .filter(message -> message.role().equals("user"))
        .flatMap(message -> lastKnown(words(message.text())).stream())
        .findFirst();
  }

  private Optional<ShopQuestion> lastKnown(String text) {
    ShopQuestion found = null;
    int foundEnd = -1;
    int foundLength = 0;
    for (Map.Entry<String, ShopQuestion> known : byWords.entrySet()) {
      int start = text.lastIndexOf(known.getKey());
      int end = start + known.getKey().length();
      boolean later = end > foundEnd || (end == foundEnd && known.getKey().length() > foundLength);
      if (start >= 0 && later) {
        found = known.getValue();
        foundEnd = end;
        foundLength = known.getKey().length();
      }
    }
    return Optional.ofNullable(found);
  }

  /** The likeliest question in a prompt without a known one: its last line of several words. */
  static String unknownQuestion(List<Message> messages) {
    return messages.reversed().stream()
        .filter(message -> message.role().equals("user"))
        .flatMap(message -> message.text().lines().toList().reversed().stream())
        .map(String::strip)
        .filter(line -> line.contains(" "))
        .findFirst()
        .map(line -> line.substring(0, Math.min(line.length(), MAX_UNKNOWN_LENGTH)))
        .orElse("");
  }

  /** Lower-case words between single blanks, with a blank at both ends. */
  static String words(String text) {
    StringBuilder words = new StringBuilder(text.length() + 2).append(' ');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isLetterOrDigit(c)) {
        words.append(c);
      } else if (words.charAt(words.length() - 1) != ' ') {
        words.append(' ');
      }
    }
    if (words.charAt(words.length() - 1) != ' ') {
      words.append(' ');
    }
    return words.toString().toLowerCase(Locale.ROOT);
  }
}
