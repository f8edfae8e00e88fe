package io.querytrail.sink.log;

import org.jspecify.annotations.Nullable;

/** Text as PostgreSQL can hold it: any character but NUL, which a model may well write. */
public final class StorableText {
  private static final char REPLACEMENT = '\uFFFD';

  private StorableText() {}

  /** The text with each NUL replaced by U+FFFD; null for null. */
  public static @Nullable String of(@Nullable String text) {
    return text == null || text.indexOf('\0') < 0 ? text : text.replace('\0', REPLACEMENT);
  }
}
