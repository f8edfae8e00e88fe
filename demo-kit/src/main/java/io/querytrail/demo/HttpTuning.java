package io.querytrail.demo;

/** Settings of the JDK's HTTP server, which it reads once from system properties. */
final class HttpTuning {
  private HttpTuning() {}

  static void apply() {
    // Without it each small answer waits 40 ms for the client's acknowledgement.
    setUnlessSet("sun.net.httpserver.nodelay", "true");
    // Clients drop idle connections after 30 s. A server that does so first, or beyond 200 of them,
    // closes some just as a client sends its next call on it, and that call fails.
    setUnlessSet("sun.net.httpserver.idleInterval", "300");
    setUnlessSet("sun.net.httpserver.maxIdleConnections", "10000");
  }

  private static void setUnlessSet(String name, String value) {
    if (System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }
}
