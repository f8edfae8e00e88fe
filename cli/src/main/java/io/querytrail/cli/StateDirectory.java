package io.querytrail.cli;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/**
 * The directory that a stack keeps everything in. Others may pass through it, since PostgreSQL can
 * run as another user, but only its owner can read what is inside.
 */
final class StateDirectory {
  private static final int SECRET_BYTES = 24;
  private static final Set<PosixFilePermission> PASSABLE =
      PosixFilePermissions.fromString("rwx--x--x");
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  private final Path path;

  private StateDirectory(Path path) {
    this.path = path;
  }

  static StateDirectory open(Path path) {
    try {
      Path absolute = path.toAbsolutePath().normalize();
      if (!Files.isDirectory(absolute)) {
        Files.createDirectories(absolute);
        Files.setPosixFilePermissions(absolute, PASSABLE);
      }
      return new StateDirectory(absolute);
    } catch (IOException e) {
      throw new CommandException(ExitCodes.FAILED, "cannot use " + path + " for state: " + e);
    }
  }

  Path resolve(String name) {
    return path.resolve(name);
  }

  /** A directory that nobody else may enter. */
  Path privateDirectory(String name) {
    try {
      Path directory = Files.createDirectories(path.resolve(name));
      Files.setPosixFilePermissions(directory, PRIVATE);
      return directory;
    } catch (IOException e) {
      throw new CommandException(
          ExitCodes.FAILED, "cannot use " + path.resolve(name) + " for state: " + e);
    }
  }

  /** A secret that is made once and kept. */
  String secret(String name) {
    Path file = privateDirectory("secrets").resolve(name);
    try {
      if (Files.exists(file)) {
        return Files.readString(file).strip();
      }
      byte[] random = new byte[SECRET_BYTES];
      new SecureRandom().nextBytes(random);
      String secret = HexFormat.of().formatHex(random);
      writePrivately(file, secret);
      return secret;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the secret " + name, e);
    }
  }

  /** Says where the running stack is, for other commands to find. */
  void writeConnection(Map<String, ?> connection) {
    try {
      writePrivately(
          path.resolve(ConnectionOptions.FILE_NAME),
          new YAMLMapper().writeValueAsString(connection));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the connection file", e);
    }
  }

  void removeConnection() {
    try {
      Files.deleteIfExists(path.resolve(ConnectionOptions.FILE_NAME));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove the connection file", e);
    }
  }

  private static void writePrivately(Path file, String text) throws IOException {
    Path draft =
        Files.createTempFile(
            file.getParent(),
            file.getFileName().toString(),
            ".draft",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(draft, text);
    // Readers see the old file or the new one, never half of one.
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
