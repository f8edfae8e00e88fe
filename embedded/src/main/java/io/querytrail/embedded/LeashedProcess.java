package io.querytrail.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server that cannot outlive this JVM: a shell waits at the end of a pipe that the JVM holds, and
 * interrupts the server when the pipe closes, be it by {@link #close} or by SIGKILL. The server has
 * a session of its own, so that Ctrl-C reaches the JVM alone, which then stops things in order.
 */
final class LeashedProcess implements AutoCloseable {
  /** SIGINT is PostgreSQL's fast shutdown: sessions are cut off, everything is written. */
  private static final String LEASH =
      """
      "$@" </dev/null & server=$!
      exec 3<&0
      (cat <&3 >/dev/null; kill -INT $server 2>/dev/null) &
      wait $server
      """;

  private final Process shell;
  private final OutputStream leash;

  private LeashedProcess(Process shell) {
    this.shell = shell;
    this.leash = shell.getOutputStream();
  }

  static LeashedProcess start(List<String> command, Path log) throws IOException {
    return new LeashedProcess(
        new ProcessBuilder(
                CommandLine.join(List.of("setsid", "sh", "-c", LEASH, "querytrail"), command))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start());
  }

  boolean isAlive() {
    return shell.isAlive();
  }

  /** Asks the server to end; true if it did within the limit. */
  boolean stop(Duration limit) throws IOException, InterruptedException {
    leash.close();
    return shell.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends everything at once; the server recovers from its log at the next start. */
  @Override
  public void close() {
    shell.descendants().forEach(ProcessHandle::destroyForcibly);
    shell.destroyForcibly();
  }
}
