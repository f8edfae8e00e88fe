package io.querytrail.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where one server's data are and, beside them, what must not be inside the data directory. */
record PostgresFiles(Path data) {
  private static final int STATUS_LINE = 7;

  static PostgresFiles of(Path dataDirectory) {
    Path absolute = dataDirectory.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    if (parent == null) {
      throw new EmbeddedServerException("Not a data directory: " + absolute);
    }
    try {
      Files.createDirectories(parent);
      // The processes of a server are recognised by their working directory, free of links.
      return new PostgresFiles(parent.toRealPath().resolve(absolute.getFileName()));
    } catch (IOException e) {
      throw new EmbeddedServerException("Cannot write to " + parent, e);
    }
  }

  Path password() {
    return beside(".password");
  }

  Path log() {
    return beside(".log");
  }

  /** A cluster in the making; renamed to {@link #data} when it is whole. */
  Path staging() {
    return beside(".initializing");
  }

  Path processFile() {
    return data.resolve("postmaster.pid");
  }

  boolean holdCluster() {
    return Files.exists(data.resolve("PG_VERSION"));
  }

  boolean dataAbsentOrEmpty() {
    if (!Files.exists(data)) {
      return true;
    }
    try (Stream<Path> entries = Files.list(data)) {
      return entries.findAny().isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** True once the server has said in its process file that it takes connections. */
  boolean sayReady() {
    try {
      List<String> lines = Files.readAllLines(processFile(), StandardCharsets.UTF_8);
      return lines.size() > STATUS_LINE && lines.get(STATUS_LINE).strip().equals("ready");
    } catch (IOException e) {
      return false;
    }
  }

  private Path beside(String suffix) {
    return data.resolveSibling(data.getFileName() + suffix);
  }
}
