package io.querytrail.cli;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;

/** The directory that a stack keeps everything in; its secrets only its owner may read. */
final class StateDirectory {
  private static final int SECRET_BYTES = 24;

  private final Path path;

  private StateDirectory(Path path) {
    this.path = path;
  }

  static StateDirectory open(Path path) {
    try {
      Path absolute = path.toAbsolutePath().normalize();
      Files.createDirectories(absolute);
      return new StateDirectory(absolute);
    } catch (IOException e) {
      throw new CommandException(ExitCodes.FAILED, "cannot use " + path + " for state: " + e);
    }
  }

  Path resolve(String name) {
    return path.resolve(name);
  }

  /** A secret that is made once and kept. */
  String secret(String name) {
    Path file = path.resolve("secrets").resolve(name);
    try {
      if (Files.exists(file)) {
        return Files.readString(file).strip();
      }
      Files.createDirectories(file.getParent());
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
