package io.querytrail.generator.schema;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Orders relations by how well their names and comments match the words of a question. Whole words
 * count, not parts of them, and the more the fewer relations have them. What a matching relation
 * points at, or what points at it, counts too: joins need it. All words are looked up in an index
 * that is made once, so that a question takes little time however many relations there are. Safe
 * for use by several threads.
 */
public final class RelevanceRanking {
  private static final int NAME = 8;
  private static final int COLUMN = 3;
  private static final int COMMENT = 2;
  private static final int VALUE = 2;
  private static final int SCHEMA = 1;

  /** A word in twenty columns says no more than one in the name. */
  private static final int MOST_WITHOUT_NAME = NAME - 2;

  /** On top for a relation whose name says nothing that the question does not. */
  private static final int WHOLE_NAME = 4;

  /** What a relation gives to each neighbour over a foreign key, as a part of its own score. */
  private static final int NEIGHBOUR_SHARE = 4;

  private static final int[] NOBODY = {};

  private final List<Relation> relations;
  private final Map<String, List<Posting>> postings = new HashMap<>();
  private final int[] nameWords;
  private final int[][] neighbours;

  /** Numbers of relations in the order of equally good ones. */
  private final int[] order;

  /** That a relation has a word, and what that is worth. */
  private record Posting(int relation, int weight, boolean inName) {}

  /**
   * A relation and how well it matches; 0 is not at all.
   *
   * @param score comparable within one ranking only
   */
  public record Ranked(Relation relation, double score) {}

  RelevanceRanking(List<Relation> relations) {
    this.relations = List.copyOf(relations);
    this.nameWords = new int[relations.size()];
    for (int i = 0; i < relations.size(); i++) {
      index(i, relations.get(i));
    }
    this.neighbours = neighbours(this.relations);
    this.order =
        IntStream.range(0, this.relations.size())
            .boxed()
            .sorted(
                Comparator.comparingInt((Integer i) -> -neighbours[i].length)
                    .thenComparing(i -> this.relations.get(i).name()))
            .mapToInt(Integer::intValue)
            .toArray();
  }

  /**
   * All relations, best first; among equally good ones those with more foreign keys, then by name.
   *
   * @param terms business terms: the definition of a term that the question uses counts as part of
   *     the question
   */
  public List<Ranked> rank(String question, Map<String, String> terms) {
    double[] own = scores(words(question, terms));
    List<Ranked> matching = new ArrayList<>();
    List<Ranked> others = new ArrayList<>();
    for (int number : order) {
      double score = own[number] + lent(own, neighbours[number]);
      (score > 0 ? matching : others).add(new Ranked(relations.get(number), score));
    }
    // Few match, and the sort is stable: the others are in order as they are.
    matching.sort(Comparator.comparingDouble(Ranked::score).reversed());
    matching.addAll(others);
    return List.copyOf(matching);
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

  private double[] scores(Set<String> asked) {
    double[] own = new double[relations.size()];
    int[] named = new int[own.length];
    for (String word : asked) {
      List<Posting> having = postings.getOrDefault(word, List.of());
      double rarity = rarity(having.size());
      for (Posting posting : having) {
        own[posting.relation()] += posting.weight() * rarity;
        if (posting.inName() && ++named[posting.relation()] == nameWords[posting.relation()]) {
          own[posting.relation()] += WHOLE_NAME * rarity;
        }
      }
    }
    return own;
  }

  /** From 1 for a word of one relation down to little for a word of all. */
  private double rarity(int having) {
    return having == 0
        ? 0
        : Math.log1p((double) relations.size() / having) / Math.log1p(relations.size());
  }

  /** From the best neighbour, and from a second one: between two that match runs a join. */
  private static double lent(double[] own, int[] neighbours) {
    double best = 0;
    double second = 0;
    for (int neighbour : neighbours) {
      double score = own[neighbour];
      if (score > best) {
        second = best;
        best = score;
      } else if (score > second) {
        second = score;
      }
    }
    return (best + second) / NEIGHBOUR_SHARE;
  }

  private void index(int number, Relation relation) {
    Set<String> name = Words.of(relation.name().name());
    nameWords[number] = name.size();
    Map<String, Integer> others = new HashMap<>();
    add(others, SCHEMA, relation.name().schema());
    add(others, COMMENT, relation.comment());
    add(others, VALUE, String.join(" ", relation.checks()));
    for (Column column : relation.columns()) {
      add(others, COLUMN, column.name());
      add(others, COMMENT, column.comment());
      add(others, VALUE, String.join(" ", column.enumLabels()));
      add(others, VALUE, String.join(" ", column.values()));
    }
    Set<String> all = new HashSet<>(name);
    all.addAll(others.keySet());
    for (String word : all) {
      boolean inName = name.contains(word);
      int weight = Math.min(MOST_WITHOUT_NAME, others.getOrDefault(word, 0)) + (inName ? NAME : 0);
      postings
          .computeIfAbsent(word, w -> new ArrayList<>())
          .add(new Posting(number, weight, inName));
    }
  }

  private static void add(Map<String, Integer> weights, int weight, @Nullable String text) {
    for (String word : Words.of(text)) {
      weights.merge(word, weight, Integer::sum);
    }
  }

  private static int[][] neighbours(List<Relation> relations) {
    Map<RelationName, Integer> numbers = new HashMap<>();
    for (int i = 0; i < relations.size(); i++) {
      numbers.put(relations.get(i).name(), i);
    }
    List<Set<Integer>> sets = new ArrayList<>();
    relations.forEach(relation -> sets.add(new HashSet<>()));
    for (int i = 0; i < relations.size(); i++) {
      for (ForeignKey key : relations.get(i).foreignKeys()) {
        Integer target = numbers.get(key.target());
        if (target != null && target != i) {
          sets.get(i).add(target);
          sets.get(target).add(i);
        }
      }
    }
    int[][] neighbours = new int[relations.size()][];
    Arrays.setAll(
        neighbours,
        i ->
            sets.get(i).isEmpty()
                ? NOBODY
                : sets.get(i).stream().mapToInt(Integer::intValue).sorted().toArray());
    return neighbours;
  }
}
