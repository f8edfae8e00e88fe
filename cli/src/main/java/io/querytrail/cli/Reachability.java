package io.querytrail.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import org.apache.kafka.common.utils.Utils;

/**
 * Whether anybody listens. Kafka's clients try for a minute before they give up, too long for
 * somebody who only forgot to start the stack.
 */
final class Reachability {
  private static final int CONNECT_MILLIS = 5_000;

  private Reachability() {}

  /** Whether one of the servers takes connections. */
  static boolean anyOf(String bootstrapServers) {
    return Arrays.stream(bootstrapServers.split(",")).anyMatch(Reachability::listens);
  }

  private static boolean listens(String server) {
    String host = Utils.getHost(server.strip());
    Integer port = Utils.getPort(server.strip());
    if (host == null || port == null) {
      return false;
    }
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
