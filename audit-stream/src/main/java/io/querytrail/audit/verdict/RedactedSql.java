package io.querytrail.audit.verdict;

import java.util.List;

/**
 * A statement without its constants.
 *
 * @param literals what was taken out, as it was written
 */
public record RedactedSql(String sql, List<String> literals) {
  public RedactedSql {
    literals = List.copyOf(literals);
  }

  /** What stands for a constant; what is asked is as the statement writes it. */
  public interface Substitute {
    /** Without quotes; letters and digits, or {@code ?}. */
    String text(String literal);

    /** Digits. */
    String number(String literal);
  }
}
