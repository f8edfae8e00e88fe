package io.querytrail.service;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;

/** How many connections a pool keeps, and how it keeps them, by where it is used. */
public enum PoolProfile {
  /** Few, and none while nothing is done. */
  @JsonProperty("dev")
  DEV(3, 0, Duration.ofMinutes(1), Duration.ofMinutes(30)),
  /** As many as one instance of a service works with at a time. */
  @JsonProperty("staging")
  STAGING(5, 1, Duration.ofMinutes(10), Duration.ofMinutes(30)),
  /**
   * All of them kept open, so that no burst waits for a handshake. The server must prove by TLS
   * that it is the one of that name, unless it is on this machine, and the password is only given
   * by SCRAM.
   */
  @JsonProperty("prod")
  PROD(10, 10, Duration.ofMinutes(10), Duration.ofMinutes(30));

  private final int maxConnections;
  private final int minIdle;
  private final Duration idleTimeout;
  private final Duration maxLifetime;

  PoolProfile(int maxConnections, int minIdle, Duration idleTimeout, Duration maxLifetime) {
    this.maxConnections = maxConnections;
    this.minIdle = minIdle;
    this.idleTimeout = idleTimeout;
    this.maxLifetime = maxLifetime;
  }

  /** Size of the pool unless it is given. */
  public int maxConnections() {
    return maxConnections;
  }

  /** How many stay open while nothing is done, if the pool is that large. */
  public int minIdle() {
    return minIdle;
  }

  /** How long one more than that stays open unused. */
  public Duration idleTimeout() {
    return idleTimeout;
  }

  /** After which a connection is replaced, so that a failover or a new address is found. */
  public Duration maxLifetime() {
    return maxLifetime;
  }
}
