package io.querytrail.cli;

import io.querytrail.service.ConfigFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which a command finds a running Querytrail. */
final class ConnectionOptions {
  static final String FILE_NAME = "connection.yaml";

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      defaultValue = ".querytrail",
      description =
          "Where `up` keeps its state and the connection file (default: ${DEFAULT-VALUE}).")
  Path stateDir = Path.of(".querytrail");

  @Option(
      names = "--connection",
      paramLabel = "FILE",
      description = "A connection file elsewhere, for a Querytrail that `up` did not start.")
  @Nullable Path file;

  /** What the file says, once its broker takes connections. */
  Connection reachable() {
    Connection found = read();
    if (!Reachability.anyOf(found.kafka().bootstrapServers())) {
      throw new CommandException(
          ExitCodes.FAILED,
          "nothing answers at %s, which %s names; is it running? Start it with `querytrail up`"
              .formatted(found.kafka().bootstrapServers(), path()));
    }
    return found;
  }

  /** What the file says. */
  Connection read() {
    Path path = path();
    if (!Files.exists(path)) {
      throw new CommandException(
          ExitCodes.FAILED,
          "no Querytrail runs here: there is no "
              + path
              + "; start one with `querytrail up`, or name a file with --connection");
    }
    return ConfigFile.load(path, Connection.class);
  }

  private Path path() {
    return file == null ? stateDir.resolve(FILE_NAME) : file;
  }
}
