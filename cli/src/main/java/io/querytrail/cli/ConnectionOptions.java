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
      description = "Where `up` keeps its state and the connection file (default: ${DEFAULT-VALUE}).")
  Path stateDir = Path.of(".querytrail");

  @Option(
      names = "--connection",
      paramLabel = "FILE",
      description = "A connection file elsewhere, for a Querytrail that `up` did not start.")
  @Nullable Path file;

  Connection read() {
    Path path = file == null ? stateDir.resolve(FILE_NAME) : file;
    if (!Files.exists(path)) {
      throw new CommandException(
          ExitCodes.FAILED,
          "no Querytrail runs here: there is no "
              + path
              + "; start one with `querytrail up`, or name a file with --connection");
    }
    return ConfigFile.load(path, Connection.class);
  }
}
