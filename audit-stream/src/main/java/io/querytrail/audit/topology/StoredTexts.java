package io.querytrail.audit.topology;

import io.querytrail.audit.chain.ChainKey;
import io.querytrail.audit.ledger.TextStorage;
import io.querytrail.audit.verdict.RedactedSql;
import io.querytrail.audit.verdict.SqlJudge;
import io.querytrail.events.QueryAudited;
import io.querytrail.events.RejectionStage;
import io.querytrail.events.RuleViolation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes out of an audit record what its account does not want to be kept: the words of the question
 * and the constants of the SQL, wherever they stand. What the chain seals is what is kept.
 */
final class StoredTexts {
  static final String REDACTED = "(redacted)";
  private static final String HASH_PREFIX = "hmac:";
  private static final int HASH_CHARACTERS = 16;

  /** Numbers, quotations and addresses: what of a question is most likely somebody's. */
  private static final Pattern PARTICULARS =
      Pattern.compile(
          "\\S+@\\S+|\"[^\"]*\"|[\u201C\u201E][^\u201C\u201D]*[\u201C\u201D]|\u00AB[^\u00BB]*\u00BB"
              + "|(?<!\\w)'[^']*'(?!\\w)|\\p{Nd}[\\p{Nd}.,:/_-]*");

  private final ChainKey key;
  private final Supplier<SqlJudge> judges;

  StoredTexts(ChainKey key, Supplier<SqlJudge> judges) {
    this.key = key;
    this.judges = judges;
  }

  /** Changes the record's texts to what is to be kept of them. */
  void apply(TextStorage storage, QueryAudited.Builder audit) {
    if (storage == TextStorage.CLEAR) {
      return;
    }
    String account = audit.getAccount();
    audit.setQuestion(
        storage == TextStorage.HASHED
            ? hash(account, audit.getQuestion())
            : PARTICULARS.matcher(audit.getQuestion()).replaceAll("?"));
    String generated = audit.getGeneratedSql();
    if (generated == null) {
      return;
    }
    Optional<RedactedSql> redacted = redact(storage, account, generated);
    audit.setGeneratedSql(text(storage, account, generated, redacted));
    String approved = audit.getApprovedSql();
    if (approved != null) {
      audit.setApprovedSql(text(storage, account, approved, redact(storage, account, approved)));
    }
    // A database's own words may quote a value in any form; the guard's quote the statement.
    boolean foreign = audit.getStage() == RejectionStage.GENERATION;
    List<String> literals = redacted.map(RedactedSql::literals).orElse(null);
    audit.setMessage(message(audit.getMessage(), foreign ? null : literals));
    List<RuleViolation> violations = new ArrayList<>();
    for (RuleViolation violation : audit.getViolations()) {
      violations.add(
          RuleViolation.newBuilder(violation)
              .setMessage(String.valueOf(message(violation.getMessage(), literals)))
              // A place in a text that is not kept.
              .setPosition(null)
              .build());
    }
    audit.setViolations(violations);
  }

  private Optional<RedactedSql> redact(TextStorage storage, String account, String sql) {
    return judges
        .get()
        .redact(
            sql,
            new RedactedSql.Substitute() {
              @Override
              public String text(String literal) {
                return storage == TextStorage.HASHED
                    ? digest(account, literal).substring(0, HASH_CHARACTERS)
                    : "?";
              }

              @Override
              public String number(String literal) {
                return storage == TextStorage.HASHED
                    ? Long.toString(Long.parseLong(digest(account, literal).substring(0, 12), 16))
                    : "0";
              }
            });
  }

  /** A statement whose constants cannot be told for sure is not kept at all. */
  private String text(
      TextStorage storage, String account, String sql, Optional<RedactedSql> redacted) {
    return redacted
        .map(RedactedSql::sql)
        .orElseGet(() -> storage == TextStorage.HASHED ? hash(account, sql) : REDACTED);
  }

  private static @Nullable String message(
      @Nullable String message, @Nullable List<String> literals) {
    if (message == null) {
      return null;
    }
    if (literals == null) {
      return REDACTED;
    }
    String kept = message;
    for (String literal : literals) {
      if (Character.isDigit(literal.charAt(0)) || literal.charAt(0) == '.') {
        kept = kept.replaceAll("(?<![\\w.])" + Pattern.quote(literal) + "(?![\\w.]*\\w)", "?");
      } else {
        kept = kept.replace(literal, "?");
        String inner = inner(literal);
        kept = inner.isEmpty() ? kept : kept.replace(inner, "?");
      }
    }
    return kept;
  }

  /** What stands between the quotes. */
  private static String inner(String literal) {
    char quote = literal.charAt(0) == '$' ? '$' : '\'';
    int start = literal.indexOf(quote, quote == '$' ? 1 : 0) + 1;
    int end =
        quote == '$' ? literal.lastIndexOf('$', literal.length() - 2) : literal.lastIndexOf('\'');
    return start < end ? literal.substring(start, end) : "";
  }

  private String hash(String account, String text) {
    return HASH_PREFIX + digest(account, text);
  }

  /** The same text of the same account has the same; nobody can try texts without the key. */
  private String digest(String account, String text) {
    return key.digest("text\n" + account + "\n" + text);
  }
}
