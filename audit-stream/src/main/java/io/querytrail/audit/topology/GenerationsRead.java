package io.querytrail.audit.topology;

import java.time.Instant;

/** How far the generations topic has been read, as its broker and the group's commits say. */
public interface GenerationsRead {
  /**
   * Everything that was appended to that partition before this moment has been read and committed;
   * {@link Instant#EPOCH} while nothing is known. Called by stream threads: answers at once.
   */
  Instant through(int partition);
}
