package io.querytrail.sink.log;

import org.jspecify.annotations.Nullable;

/**
 * An approved statement told by what makes it of the generated one: most are the generated text
 * with schemas and a row cap put in, and are stored as just that. {@code =N} keeps N characters,
 * {@code -N} leaves N out, {@code +N:TEXT} puts N in, {@code *} puts the same in again, and what is
 * left is kept; the function {@code approved_sql} of the database reads it.
 */
public final class ApprovedEdits {
  /** So many equal characters show that both texts are at the same place again. */
  private static final int ANCHOR = 12;

  /** The longest text that is looked over for such a place. */
  private static final int MAX_GAP = 256;

  private final String generated;
  private final String approved;
  private final StringBuilder edits = new StringBuilder();
  private String putIn = "";
  private int read;
  private int written;

  private ApprovedEdits(String generated, String approved) {
    this.generated = generated;
    this.approved = approved;
  }

  /** The edits, or null where the approved text itself is no longer, or one of both is missing. */
  public static @Nullable String of(@Nullable String generated, @Nullable String approved) {
    if (generated == null || approved == null) {
      return null;
    }
    if (hasSurrogates(generated) || hasSurrogates(approved)) {
      // Here they are two characters, in the database they are one.
      return null;
    }
    String edits = new ApprovedEdits(generated, approved).write();
    return edits.length() < approved.length() ? edits : null;
  }

  private static boolean hasSurrogates(String text) {
    return text.codePointCount(0, text.length()) < text.length();
  }

  private String write() {
    while (read < generated.length() || written < approved.length()) {
      int same = same();
      if (same > 0) {
        read += same;
        written += same;
        if (read < generated.length() || written < approved.length()) {
          edits.append('=').append(same);
        }
      } else {
        change();
      }
    }
    return edits.toString();
  }

  private int same() {
    int most = Math.min(generated.length() - read, approved.length() - written);
    int same = 0;
    while (same < most && generated.charAt(read + same) == approved.charAt(written + same)) {
      same++;
    }
    return same;
  }

  private void change() {
    for (int gap = 1; gap <= MAX_GAP; gap++) {
      if (meet(read, written + gap)) {
        putIn(gap);
        return;
      }
      if (meet(read + gap, written)) {
        leaveOut(gap);
        return;
      }
    }
    leaveOut(generated.length() - read);
    putIn(approved.length() - written);
  }

  private boolean meet(int inGenerated, int inApproved) {
    int left = generated.length() - inGenerated;
    if (left < 0 || inApproved > approved.length()) {
      return false;
    }
    if (left == 0 || inApproved == approved.length()) {
      return left == 0 && inApproved == approved.length();
    }
    int length = Math.min(ANCHOR, left);
    return generated.charAt(inGenerated) == approved.charAt(inApproved)
        && generated.regionMatches(inGenerated, approved, inApproved, length);
  }

  private void putIn(int length) {
    if (length == 0) {
      return;
    }
    String text = approved.substring(written, written + length);
    if (text.equals(putIn)) {
      edits.append('*');
    } else {
      edits.append('+').append(length).append(':').append(text);
      putIn = text;
    }
    written += length;
  }

  private void leaveOut(int length) {
    if (length > 0) {
      edits.append('-').append(length);
      read += length;
    }
  }
}
