package io.querytrail.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second start away from a directory, by a locked file beside it; the kernel lets go of it
 * when the JVM dies.
 */
final class DirectoryLock implements AutoCloseable {
  private final FileChannel channel;

  private DirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  static DirectoryLock take(Path directory) throws IOException {
    Path lockFile = directory.resolveSibling(directory.getFileName() + ".lock");
    FileChannel channel =
        FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    @Nullable Throwable overlap = null;
    try {
      if (channel.tryLock() != null) {
        return new DirectoryLock(channel);
      }
    } catch (OverlappingFileLockException e) {
      overlap = e;
    }
    channel.close();
    EmbeddedServerException taken =
        new EmbeddedServerException(
            "Another embedded server works on "
                + directory
                + ". Stop it, or use another directory.");
    if (overlap != null) {
      taken.initCause(overlap);
    }
    throw taken;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
