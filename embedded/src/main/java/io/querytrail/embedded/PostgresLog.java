package io.querytrail.embedded;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The server's log file, kept small, and what one start wrote to it. */
final class PostgresLog {
  /** Larger than this, the file is put aside at the next start; one such file is kept. */
  private static final long ROTATE_BYTES = 10L << 20;

  private static final int TAIL_BYTES = 8 << 10;
  private static final int TAIL_LINES = 12;

  private final Path file;
  private final long startOffset;

  private PostgresLog(Path file, long startOffset) {
    this.file = file;
    this.startOffset = startOffset;
  }

  static PostgresLog open(Path file) throws IOException {
    if (!Files.exists(file)) {
      return new PostgresLog(file, 0);
    }
    long size = Files.size(file);
    if (size <= ROTATE_BYTES) {
      return new PostgresLog(file, size);
    }
    Files.move(
        file,
        file.resolveSibling(file.getFileName() + ".old"),
        StandardCopyOption.REPLACE_EXISTING);
    return new PostgresLog(file, 0);
  }

  Path file() {
    return file;
  }

  /** The last lines since {@link #open}. */
  String tail() {
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
      log.seek(Math.max(startOffset, log.length() - TAIL_BYTES));
      byte[] bytes = new byte[(int) (log.length() - log.getFilePointer())];
      log.readFully(bytes);
      List<String> lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    } catch (IOException e) {
      return "(its log cannot be read: " + e.getMessage() + ")";
    }
  }
}
