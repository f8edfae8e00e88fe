package io.querytrail.audit.ledger;

import java.util.List;
import java.util.Optional;

/**
 * How an account wants its questions routed among its models. The generator does it; the ledger
 * only needs to know whether a request may choose the tier.
 *
 * @param honourPreferredTier whether only models of the tier that a request prefers are admitted
 * @param strongWords that ask for a strong model; empty for the built-in ones
 * @param cheapWords that ask for a cheap one; empty for the built-in ones
 */
public record Routing(
    Mode mode,
    boolean honourPreferredTier,
    Optional<List<String>> strongWords,
    Optional<List<String>> cheapWords) {
  /** What decides which tier goes first. */
  public enum Mode {
    QUESTION,
    ORDER,
    CHEAP,
    STRONG
  }

  private static final int MAX_WORDS = 200;
  private static final int MAX_LENGTH = 60;

  /** Of a policy that says nothing of it. */
  public static final Routing DEFAULTS =
      new Routing(Mode.QUESTION, true, Optional.empty(), Optional.empty());

  /**
   * @throws IllegalArgumentException when there are too many words or too long ones
   */
  public Routing {
    strongWords = strongWords.map(List::copyOf);
    cheapWords = cheapWords.map(List::copyOf);
    strongWords.ifPresent(words -> check("strongWords", words));
    cheapWords.ifPresent(words -> check("cheapWords", words));
  }

  private static void check(String name, List<String> words) {
    if (words.size() > MAX_WORDS) {
      throw new IllegalArgumentException(
          "routing.%s has %d entries; use at most %d".formatted(name, words.size(), MAX_WORDS));
    }
    for (String word : words) {
      if (word.isBlank() || word.length() > MAX_LENGTH) {
        throw new IllegalArgumentException(
            "routing.%s has '%s'; use 1 to %d characters".formatted(name, word, MAX_LENGTH));
      }
    }
  }
}
