package io.querytrail.pgparser;

import com.fasterxml.jackson.databind.JsonNode;

/** What PostgreSQL's parser makes of a text. */
public sealed interface ParseResult {

  /**
   * The text follows the grammar.
   *
   * @param tree PostgreSQL's raw parse tree: {@code stmts}, an array of {@code stmt}, {@code
   *     stmt_location} and {@code stmt_len}; each node is an object with one field, its type.
   *     Fields that are zero, empty or false are left out. Every {@code location} is an offset in
   *     bytes of UTF-8, from 0. Text without a statement has no {@code stmts}.
   */
  record Parsed(JsonNode tree) implements ParseResult {}

  /**
   * The text does not follow the grammar.
   *
   * @param message PostgreSQL's own message
   * @param position of the fault in characters, from 1 as PostgreSQL counts, or 0 if unknown
   */
  record SyntaxError(String message, int position) implements ParseResult {}

  /** The text goes beyond a limit of this parser, or made it give up; it may still be good SQL. */
  record Refused(String reason) implements ParseResult {}
}
