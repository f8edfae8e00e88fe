package io.querytrail.cli;

/** What to do when the process is told to end. */
final class Shutdown {
  private Shutdown() {}

  /** Runs the action on Ctrl-C or SIGTERM before the process ends. */
  static void onSignal(Runnable action) {
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(action));
  }
}
