package io.querytrail.embedded;

/** The wait between two looks at a process that tells nobody when it is done. */
final class Pause {
  private static final long MILLIS = 20;

  private Pause() {}

  static void briefly() {
    try {
      Thread.sleep(MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddedServerException("Interrupted while waiting for a server", e);
    }
  }
}
