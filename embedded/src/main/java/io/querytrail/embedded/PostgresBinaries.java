package io.querytrail.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Properties;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked from the class path once per user. They are unpacked beside their
 * place and renamed, so another process sees all of them or none.
 */
final class PostgresBinaries {
  /** System property: where to unpack to instead of the user's cache directory. */
  static final String CACHE_PROPERTY = "querytrail.postgres.cache";

  private static final int EXECUTABLE_BY_OWNER = 0100;

  private PostgresBinaries() {}

  /** The directory with {@code bin/postgres} in it. */
  static Path unpackOnce() throws IOException {
    return unpackOnce(cacheDirectory());
  }

  static Path unpackOnce(Path cache) throws IOException {
    return unpackOnce(
        cache.resolve("postgresql-" + version() + "-" + platform()), () -> resource(archive()));
  }

  /**
   * The same with another version's binaries.
   *
   * @param jar as Maven names it, with the version in its name
   */
  static Path unpackOnceOf(Path jar) throws IOException {
    String name = jar.getFileName().toString().replaceFirst("\\.jar$", "");
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry entry = zip.getEntry(archive().substring(1));
      if (entry == null) {
        throw new EmbeddedServerException(
            jar + " holds no PostgreSQL for this machine: no " + archive());
      }
      return unpackOnce(cacheDirectory().resolve(name), () -> zip.getInputStream(entry));
    }
  }

  private static String archive() {
    return "/postgres-linux-" + platform() + ".txz";
  }

  private interface Source {
    InputStream open() throws IOException;
  }

  private static Path unpackOnce(Path home, Source archive) throws IOException {
    if (!Files.isDirectory(home)) {
      Path cache = home.getParent();
      Files.createDirectories(cache);
      Path staging = Files.createTempDirectory(cache, "unpacking-");
      try {
        unpack(archive, staging);
        Files.setPosixFilePermissions(staging, PosixFilePermissions.fromString("rwxr-xr-x"));
        publish(staging, home);
      } finally {
        FileTree.delete(staging);
      }
    }
    return home;
  }

  private static String platform() {
    String system = System.getProperty("os.name");
    String processor = System.getProperty("os.arch");
    if (system.equals("Linux")) {
      switch (processor.toLowerCase(Locale.ROOT)) {
        case "amd64", "x86_64" -> {
          return "x86_64";
        }
        case "aarch64", "arm64" -> {
          return "arm_64";
        }
        default -> {}
      }
    }
    throw new EmbeddedServerException(
        "No PostgreSQL for "
            + system
            + " on "
            + processor
            + " is bundled, only for Linux on x86-64 and arm64. Use a server of your own.");
  }

  private static Path cacheDirectory() {
    String configured = System.getProperty(CACHE_PROPERTY);
    if (configured != null) {
      return Path.of(configured).toAbsolutePath();
    }
    String shared = System.getenv("XDG_CACHE_HOME");
    Path base =
        shared == null || shared.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(shared);
    return base.toAbsolutePath().resolve("querytrail");
  }

  private static String version() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = resource("postgres-binaries.properties")) {
      properties.load(in);
    }
    return properties.getProperty("version");
  }

  private static void unpack(Source archive, Path target) throws IOException {
    try (InputStream compressed = new BufferedInputStream(archive.open(), 1 << 16);
        TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(compressed))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = target.resolve(entry.getName()).normalize();
        if (!path.startsWith(target)) {
          throw new IOException("The archive reaches outside of its directory: " + entry.getName());
        }
        unpack(tar, entry, path);
      }
    }
  }

  private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path path)
      throws IOException {
    if (entry.isDirectory()) {
      Files.createDirectories(path);
      return;
    }
    Files.createDirectories(path.getParent());
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
      return;
    }
    Files.copy(tar, path);
    boolean executable = (entry.getMode() & EXECUTABLE_BY_OWNER) != 0;
    Files.setPosixFilePermissions(
        path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
  }

  private static void publish(Path staging, Path home) throws IOException {
    try {
      Files.move(staging, home, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
      // Another process was faster; its copy is the same.
    } catch (IOException e) {
      if (!Files.isDirectory(home)) {
        throw e;
      }
    }
  }

  private static InputStream resource(String name) throws IOException {
    InputStream in = PostgresBinaries.class.getResourceAsStream(name);
    if (in == null) {
      throw new EmbeddedServerException(
          "Not on the class path: " + name + ". Add the jar with PostgreSQL's binaries.");
    }
    return in;
  }
}
