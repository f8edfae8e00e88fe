package io.querytrail.service;

import org.jspecify.annotations.Nullable;

/**
 * Where a service answers {@code /health} and {@code /metrics}.
 *
 * @param host address to bind, by default loopback only
 * @param port 0 takes a free one
 */
public record HttpConfig(@Nullable String host, int port) implements ValidConfig {
  public HttpConfig {
    host = host == null ? "127.0.0.1" : host;
  }

  @Override
  public void check(Problems problems) {
    problems.require(port >= 0 && port <= 65_535, "port", "is " + port + "; use 0 to 65535");
  }
}
