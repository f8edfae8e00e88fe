package io.querytrail.cli;

/** What the process's exit code says. */
final class ExitCodes {
  static final int OK = 0;

  /** The command could not do its work. */
  static final int FAILED = 1;

  /** The command was called wrongly, or a file it was given is not usable. */
  static final int USAGE = 2;

  /** The command did its work, and the answer is no: a rejected question, a refused policy. */
  static final int REJECTED = 3;

  private ExitCodes() {}
}
