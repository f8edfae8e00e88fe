package io.querytrail.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Lines of bytes, each up to a limit; the rest of a longer one is passed over. */
final class LineReader {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int KEPT_BYTES = 1 << 20;

  private final InputStream in;
  private final int maxBytes;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int limit;
  private byte[] line = new byte[BUFFER_BYTES];
  private int length;
  private boolean tooLong;

  LineReader(InputStream in, int maxBytes) {
    this.in = in;
    this.maxBytes = maxBytes;
  }

  /** Goes to the next line, unless the end is reached. */
  boolean next() throws IOException {
    length = 0;
    tooLong = false;
    if (line.length > KEPT_BYTES) {
      line = new byte[BUFFER_BYTES];
    }
    boolean any = false;
    while (fill()) {
      any = true;
      int end = position;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      append(position, end);
      boolean complete = end < limit;
      position = complete ? end + 1 : end;
      if (complete) {
        return true;
      }
    }
    return any;
  }

  private boolean fill() throws IOException {
    if (position == limit) {
      position = 0;
      limit = Math.max(0, in.read(buffer));
    }
    return limit > 0;
  }

  private void append(int from, int to) {
    int added = to - from;
    tooLong |= length + added > maxBytes;
    if (tooLong) {
      return;
    }
    if (length + added > line.length) {
      line = Arrays.copyOf(line, Math.max(line.length * 2, length + added));
    }
    System.arraycopy(buffer, from, line, length, added);
    length += added;
  }

  /** The line in the first {@link #length} of these bytes, until the next call of next. */
  byte[] bytes() {
    return line;
  }

  int length() {
    return length;
  }

  boolean isTooLong() {
    return tooLong;
  }

  /** Whether the next line is not there yet. */
  boolean wouldWait() throws IOException {
    return position == limit && in.available() == 0;
  }
}
