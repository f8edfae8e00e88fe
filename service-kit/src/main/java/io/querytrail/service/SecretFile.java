package io.querytrail.service;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A secret in a file that only its owner may read, looked at again with each use: a new secret in
 * it counts from then on. While the file cannot be used, the last secret that it held goes on. Safe
 * for use by several threads.
 */
public final class SecretFile {
  private static final Logger LOG = LoggerFactory.getLogger(SecretFile.class);
  private static final int MAX_BYTES = 64 * 1024;

  /** A file may change again within the resolution of its time: until then it is read each time. */
  private static final Duration SETTLED = Duration.ofSeconds(2);

  private static final Set<PosixFilePermission> OWNERS =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private final Path file;
  private final InstantSource clock;
  private Secret secret = new Secret("");
  private @Nullable Version version;
  private @Nullable String problem;

  /** What tells one content of the file from another. */
  private record Version(FileTime modified, long size, @Nullable Object key) {
    static Version of(Path file) throws IOException {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return new Version(now.lastModifiedTime(), now.size(), now.fileKey());
    }

    boolean isSettled(Instant now) {
      return modified.toInstant().plus(SETTLED).isBefore(now);
    }
  }

  public SecretFile(Path file, InstantSource clock) {
    this.file = file;
    this.clock = clock;
  }

  /** Why the file cannot be used; empty where it can. For people: path, reason and what to do. */
  public static Optional<String> problem(Path file) {
    try {
      read(file);
      return Optional.empty();
    } catch (Unusable e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** The secret as of now, without blanks around it; an empty one until the file can be used. */
  public synchronized Secret current() {
    try {
      Version now = version();
      if (!now.equals(version) || !now.isSettled(clock.instant())) {
        secret = read(file);
        version = now;
      }
      problem = null;
    } catch (Unusable e) {
      if (!String.valueOf(e.getMessage()).equals(problem)) {
        problem = String.valueOf(e.getMessage());
        LOG.atError().addKeyValue("error", problem).log("secret file cannot be used");
      }
    }
    return secret;
  }

  private Version version() throws Unusable {
    try {
      return Version.of(file);
    } catch (IOException e) {
      throw new Unusable(file + " cannot be read: " + e.getClass().getSimpleName());
    }
  }

  private static Secret read(Path file) throws Unusable {
    try {
      checkPermissions(file);
      byte[] content;
      try (var in = Files.newInputStream(file)) {
        content = in.readNBytes(MAX_BYTES + 1);
      }
      if (content.length > MAX_BYTES) {
        throw new Unusable(file + " is larger than a secret: more than " + MAX_BYTES + " bytes");
      }
      String text = new String(content, StandardCharsets.UTF_8).strip();
      if (text.isEmpty()) {
        throw new Unusable(file + " is empty");
      }
      return new Secret(text);
    } catch (IOException e) {
      // Not its message, which says no more and may be in another language.
      throw new Unusable(file + " cannot be read: " + e.getClass().getSimpleName());
    }
  }

  private static void checkPermissions(Path file) throws IOException, Unusable {
    if (!Files.getFileStore(file).supportsFileAttributeView("posix")) {
      return;
    }
    Set<PosixFilePermission> others = EnumSet.noneOf(PosixFilePermission.class);
    others.addAll(Files.getPosixFilePermissions(file));
    others.removeAll(OWNERS);
    if (!others.isEmpty()) {
      throw new Unusable(
          "%s is open to others than its owner (%s); close it with: chmod 600 %s"
              .formatted(file, others, file));
    }
  }

  /** Why a file is not used. */
  private static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    Unusable(String message) {
      super(message);
    }
  }
}
