package io.querytrail.generator.discovery;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The part of a pool that one kind of work may take, first come, first served. Of a pool of one
 * connection every kind may take that one. Safe for use by several threads.
 */
final class PoolShare {
  private final Semaphore connections;
  private final Duration longestWait;

  /** Work that takes a connection. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws SQLException;
  }

  PoolShare(int connections, Duration longestWait) {
    this.connections = new Semaphore(Math.max(1, connections), true);
    this.longestWait = longestWait;
  }

  /**
   * Does the work when its turn has come.
   *
   * @throws SQLTransientConnectionException when that takes too long
   */
  <T> T use(Work<T> work) throws SQLException {
    try {
      if (!connections.tryAcquire(longestWait.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new SQLTransientConnectionException("no connection was free within " + longestWait);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLTransientConnectionException("stopped while waiting for a connection", e);
    }
    try {
      return work.run();
    } finally {
      connections.release();
    }
  }
}
