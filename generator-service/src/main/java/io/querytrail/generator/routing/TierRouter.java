package io.querytrail.generator.routing;

import io.querytrail.generator.model.ModelName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts an admission's candidates in order, by the rules that docs/routing.md tells. */
public final class TierRouter {
  /** Longer questions without any known word ask for much. Unit: words. */
  private static final int LONG_QUESTION = 25;

  private TierRouter() {}

  /**
   * Candidates in the order in which they are asked.
   *
   * @param reason null where there was no choice
   */
  public record Route(List<ModelName> models, @Nullable String reason) {
    public Route {
      models = List.copyOf(models);
    }
  }

  private record Choice(Optional<String> tier, String reason) {}

  /**
   * The order for this question.
   *
   * @param preferredTier null where the request has none, or the policy does not honour it
   */
  public static Route route(
      String question,
      @Nullable String preferredTier,
      List<Candidate> candidates,
      RoutingRules rules) {
    if (candidates.size() == 1) {
      return new Route(List.of(candidates.getFirst().model()), null);
    }
    if (candidates.stream().map(Candidate::tier).distinct().count() == 1) {
      return new Route(
          candidates.stream().map(Candidate::model).toList(),
          "first of the policy: all are " + candidates.getFirst().tier());
    }
    Choice choice =
        preferredTier == null
            ? choice(question, rules)
            : new Choice(Optional.of(preferredTier), preferredTier + ": the request prefers it");
    return new Route(ordered(candidates, choice.tier()), choice.reason());
  }

  private static Choice choice(String question, RoutingRules rules) {
    return switch (rules.mode()) {
      case ORDER -> new Choice(Optional.empty(), "first of the policy: its routing is by order");
      case CHEAP -> tier(Candidate.CHEAP, "the policy's routing is always cheap");
      case STRONG -> tier(Candidate.STRONG, "the policy's routing is always strong");
      case QUESTION -> byWords(question, rules);
    };
  }

  private static Choice byWords(String question, RoutingRules rules) {
    String words = words(question);
    Optional<String> strong = first(words, rules.strongWords());
    if (strong.isPresent()) {
      return tier(Candidate.STRONG, "the question says \"" + strong.get() + "\"");
    }
    Optional<String> cheap = first(words, rules.cheapWords());
    if (cheap.isPresent()) {
      return tier(Candidate.CHEAP, "the question says \"" + cheap.get() + "\"");
    }
    long count = words.isBlank() ? 0 : words.strip().split(" ").length;
    return count > LONG_QUESTION
        ? tier(Candidate.STRONG, "the question has " + count + " words")
        : tier(Candidate.CHEAP, "nothing in the question asks for more");
  }

  private static Choice tier(String tier, String why) {
    return new Choice(Optional.of(tier), tier + ": " + why);
  }

  /** Within a tier the policy's order holds; the other tier is there to fall back on. */
  private static List<ModelName> ordered(List<Candidate> candidates, Optional<String> tier) {
    List<ModelName> first = new ArrayList<>();
    List<ModelName> then = new ArrayList<>();
    for (Candidate candidate : candidates) {
      boolean preferred = tier.isEmpty() || tier.get().equals(candidate.tier());
      (preferred ? first : then).add(candidate.model());
    }
    first.addAll(then);
    return first;
  }

  /** The first of the phrases that stands in the text as whole words. */
  private static Optional<String> first(String words, List<String> phrases) {
    return phrases.stream()
        .filter(phrase -> !phrase.isBlank() && words.contains(words(phrase)))
        .findFirst();
  }

  /** Lower-case words between single blanks, with a blank at both ends. */
  private static String words(String text) {
    StringBuilder words = new StringBuilder(text.length() + 2).append(' ');
    text.toLowerCase(Locale.ROOT)
        .codePoints()
        .forEach(c -> {
          if (Character.isLetterOrDigit(c)) {
            words.appendCodePoint(c);
          } else if (words.charAt(words.length() - 1) != ' ') {
            words.append(' ');
          }
        });
    if (words.charAt(words.length() - 1) != ' ') {
      words.append(' ');
    }
    return words.toString();
  }
}
