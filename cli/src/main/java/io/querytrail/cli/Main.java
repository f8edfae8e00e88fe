package io.querytrail.cli;

/** The {@code querytrail} command. */
public final class Main {
  private Main() {}

  /** Runs one subcommand and ends the process with its exit code. */
  public static void main(String[] args) {
    // Before anything logs: people read the terminal, so only what they must act on goes there.
    System.setProperty("logback.configurationFile", "logback-cli.xml");
    System.exit(QuerytrailCommand.commandLine().execute(args));
  }
}
