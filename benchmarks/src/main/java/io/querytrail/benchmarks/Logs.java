package io.querytrail.benchmarks;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** What a broker in this process has to say would bury a report. */
final class Logs {
  private Logs() {}

  static void onlyErrors() {
    set(Logger.ROOT_LOGGER_NAME, Level.ERROR);
    // A producer's first records of a transaction may overtake each other and are sent again, which
    // the broker calls an error.
    set("kafka.server.ReplicaManager", Level.OFF);
  }

  private static void set(String logger, Level level) {
    ((Logger) LoggerFactory.getLogger(logger)).setLevel(level);
  }
}
