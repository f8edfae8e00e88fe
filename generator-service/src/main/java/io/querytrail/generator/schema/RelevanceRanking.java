package io.querytrail.generator.schema;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Orders relations by how well their names and comments match the words of a question. Whole words
 * count, not parts of them. What a matching relation points at counts too: joins need it.
 */
public final class RelevanceRanking {
  private static final int NAME = 8;
  private static final int COLUMN = 3;
  private static final int COMMENT = 2;
  private static final int LABEL = 2;

  /** What a relation gives to each neighbour over a foreign key, as a part of its own score. */
  private static final int NEIGHBOUR_SHARE = 4;

  private RelevanceRanking() {}

  /**
   * The relations, best first; equally good ones by name.
   *
   * @param terms business terms: the definition of a term that the question uses counts as part of
   *     the question
   */
  public static List<Relation> rank(
      List<Relation> relations, String question, Map<String, String> terms) {
    Set<String> asked = words(question, terms);
    Map<RelationName, Integer> own =
        relations.stream()
            .collect(Collectors.toMap(Relation::name, relation -> score(relation, asked)));
    Map<RelationName, Integer> lent = neighbours(relations, own);
    Function<Relation, Integer> total =
        relation -> own.getOrDefault(relation.name(), 0) + lent.getOrDefault(relation.name(), 0);
    return relations.stream()
        .sorted(Comparator.comparing(total).reversed().thenComparing(Relation::name))
        .toList();
  }

  private static Set<String> words(String question, Map<String, String> terms) {
    Set<String> words = new HashSet<>(Words.of(question));
    String lowerCase = question.toLowerCase(Locale.ROOT);
    terms.forEach((term, definition) -> {
      if (lowerCase.contains(term.toLowerCase(Locale.ROOT))) {
        words.addAll(Words.of(definition));
      }
    });
    return words;
  }

  private static int score(Relation relation, Set<String> asked) {
    int score = NAME * common(Words.of(relation.name().name()), asked);
    score += COMMENT * common(Words.of(relation.comment()), asked);
    for (Column column : relation.columns()) {
      score += COLUMN * common(Words.of(column.name()), asked);
      score += COMMENT * common(Words.of(column.comment()), asked);
      score += LABEL * common(Words.of(String.join(" ", column.enumLabels())), asked);
    }
    return score;
  }

  private static Map<RelationName, Integer> neighbours(
      List<Relation> relations, Map<RelationName, Integer> own) {
    Map<RelationName, Integer> lent = new HashMap<>();
    for (Relation relation : relations) {
      for (ForeignKey key : relation.foreignKeys()) {
        Integer target = own.get(key.target());
        if (target != null) {
          lent.merge(
              key.target(), own.getOrDefault(relation.name(), 0) / NEIGHBOUR_SHARE, Math::max);
          lent.merge(relation.name(), target / NEIGHBOUR_SHARE, Math::max);
        }
      }
    }
    return lent;
  }

  private static int common(Set<String> words, Set<String> asked) {
    int common = 0;
    for (String word : words) {
      if (asked.contains(word)) {
        common++;
      }
    }
    return common;
  }
}
