package io.querytrail.safety;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Makes statements out of others: the same seed makes the same ones. */
final class Mutations {
  private static final Pattern TOKEN =
      Pattern.compile("'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\\w+|\\s+|::|.", Pattern.DOTALL);

  /** What attacks are made of. */
  private static final List<String> HOT =
      List.of(
          ";",
          "; DROP TABLE shop.orders",
          "--",
          "/*",
          "*/",
          "'",
          "\"",
          "$$",
          "\\",
          "(",
          ")",
          ".pg_read_file",
          ".pg_sleep",
          ".*",
          "pg_sleep(1)",
          "pg_read_file('x')",
          "lo_import('x')",
          "current_setting('x')",
          "nextval('s')",
          " FROM pg_authid ",
          "pg_catalog.pg_class",
          " INTO stolen ",
          " FOR UPDATE ",
          " UNION SELECT * FROM pg_shadow ",
          " LIMIT ALL ",
          "::regclass",
          "::text",
          "::shop.order_status",
          " OPERATOR(shop.=) ",
          "OPERATOR(pg_catalog.+)",
          " COLLATE \"C\" ",
          "U&\"\\0070g_sleep\"",
          "E'\\''",
          " LATERAL ",
          "WITH x AS (DELETE FROM shop.orders RETURNING *) ",
          "(SELECT 1)",
          "ROW(1, 2)",
          "JSON_VALUE('{}', '$.a')",
          " AS pg_read_file ",
          "DISTINCT ",
          "NULL",
          "$1",
          " TABLESAMPLE system(1) ",
          "orders",
          "o.",
          ",");

  private final List<List<String>> sources = new ArrayList<>();
  private final SplittableRandom random;

  Mutations(List<String> statements, long seed) {
    statements.forEach(statement -> sources.add(tokens(statement)));
    this.random = new SplittableRandom(seed);
  }

  private static List<String> tokens(String statement) {
    return TOKEN.matcher(statement).results().map(MatchResult::group).toList();
  }

  String next() {
    var tokens = new ArrayList<>(pick(sources));
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      change(tokens);
    }
    return String.join("", tokens);
  }

  private void change(List<String> tokens) {
    int at = random.nextInt(tokens.size() + 1);
    int from = Math.min(at, tokens.size() - 1);
    switch (random.nextInt(7)) {
      case 0 -> tokens.add(at, pick(HOT));
      case 1 -> tokens.add(at, pick(pick(sources)));
      case 2 -> tokens.addAll(at, stretch(pick(sources)));
      case 3 -> {
        if (tokens.size() > 1) {
          tokens.remove(from);
        }
      }
      case 4 -> {
        if (!tokens.isEmpty()) {
          tokens.set(from, pick(pick(sources)));
        }
      }
      case 5 -> {
        if (!tokens.isEmpty()) {
          tokens.set(from, flipped(tokens.get(from)));
        }
      }
      default -> {
        if (tokens.size() > 1) {
          int other = random.nextInt(tokens.size());
          String held = tokens.get(from);
          tokens.set(from, tokens.get(other));
          tokens.set(other, held);
        }
      }
    }
  }

  private List<String> stretch(List<String> tokens) {
    int from = random.nextInt(tokens.size());
    return tokens.subList(from, Math.min(tokens.size(), from + 1 + random.nextInt(12)));
  }

  private String flipped(String token) {
    var text = new StringBuilder(token);
    text.setCharAt(random.nextInt(token.length()), (char) (32 + random.nextInt(96)));
    return text.toString();
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
