package io.querytrail.demo;

/**
 * A question on the shop and what the model server makes of it.
 *
 * @param question in plain language
 * @param kind what is to be expected of the answer
 * @param answer the SQL; for PROSE the text
 * @param explanation one sentence for the person; empty for PROSE
 * @param visualization bar, line, pie, table or none
 */
public record ShopQuestion(
    String question, Kind kind, String answer, String explanation, String visualization) {

  /** What is to be expected of an answer. */
  public enum Kind {
    /** One SELECT that the reader of the shop may run and that runs. */
    GOOD,
    /** SQL that must never be approved: the model was led astray by the question. */
    UNSAFE,
    /** SQL that does not run: a table or column that is not there, or bad syntax. */
    WRONG,
    /** Not the JSON that was asked for. */
    PROSE
  }

  public ShopQuestion {
    if (question.isBlank() || answer.isBlank()) {
      throw new IllegalArgumentException("A question needs a text and an answer: " + question);
    }
  }
}
