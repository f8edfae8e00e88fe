package io.querytrail.safety;

import java.util.Set;

/**
 * PostgreSQL's own operators. Each is a function of its operands alone; what makes one dangerous is
 * a schema before it, {@code OPERATOR(other.+)}, which leads to a function of anybody's.
 */
final class AllowedOperators {
  private static final Set<String> NAMES =
      Set.of(
          // comparison, also as text patterns and of whole rows
          "=",
          "<>",
          "<",
          "<=",
          ">",
          ">=",
          "~<~",
          "~<=~",
          "~>~",
          "~>=~",
          "*<",
          "*<=",
          "*<>",
          "*=",
          "*>",
          "*>=",
          // arithmetic and bits
          "+",
          "-",
          "*",
          "/",
          "%",
          "^",
          "|/",
          "||/",
          "@",
          "&",
          "|",
          "#",
          "~",
          "<<",
          ">>",
          // text: joining, LIKE, regular expressions, prefix
          "||",
          "~~",
          "!~~",
          "~~*",
          "!~~*",
          "~*",
          "!~",
          "!~*",
          "^@",
          // JSON
          "->",
          "->>",
          "#>",
          "#>>",
          "#-",
          "?",
          "?|",
          "?&",
          "@?",
          "@@",
          // arrays and ranges
          "&&",
          "@>",
          "<@",
          "-|-",
          "&<",
          "&>",
          // text search
          "@@@",
          "!!",
          "<->",
          // network addresses and geometry
          "<<=",
          ">>=",
          "~=",
          "##",
          "@-@",
          "<<|",
          "|>>",
          "&<|",
          "|&>",
          "<^",
          ">^",
          "?#",
          "?-",
          "?||",
          "?-|");

  private AllowedOperators() {}

  static boolean contains(String name) {
    return NAMES.contains(name);
  }
}
