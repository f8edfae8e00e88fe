package io.querytrail.embedded;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.server.ServerSocketFactory;

/**
 * Binds the broker's ports before its settings, which must name them, are written, and hands the
 * bound sockets over: nobody can take a free port in between.
 */
final class ReservedSockets implements ServerSocketFactory, AutoCloseable {
  /** Connections that may wait to be accepted: all services reconnect at once after a restart. */
  private static final int BACKLOG = 512;

  private final Map<Integer, ServerSocketChannel> boundByPort = new HashMap<>();

  /** Binds {@code port} on loopback, or a free one for 0, and tells which. */
  synchronized int reserve(int port) {
    try {
      ServerSocketChannel channel = bind(new InetSocketAddress(BrokerSettings.HOST, port), BACKLOG);
      int bound = ((InetSocketAddress) channel.getLocalAddress()).getPort();
      boundByPort.put(bound, channel);
      return bound;
    } catch (BindException e) {
      throw new EmbeddedServerException(
          "Port " + port + " on 127.0.0.1 is taken. Stop what listens there, or choose another.",
          e);
    } catch (IOException e) {
      throw new EmbeddedServerException("Cannot listen on 127.0.0.1:" + port, e);
    }
  }

  @Override
  public synchronized ServerSocketChannel openServerSocket(
      String listener, InetSocketAddress address, int backlog, int receiveBufferBytes)
      throws IOException {
    ServerSocketChannel channel = boundByPort.remove(address.getPort());
    if (channel == null) {
      channel = bind(address, backlog);
    }
    channel.configureBlocking(false);
    return channel;
  }

  private static ServerSocketChannel bind(InetSocketAddress address, int backlog)
      throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      return channel.bind(address, backlog);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Gives back what the broker never took. */
  @Override
  public synchronized void close() {
    List<ServerSocketChannel> left = new ArrayList<>(boundByPort.values());
    boundByPort.clear();
    for (ServerSocketChannel channel : left) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new EmbeddedServerException("Cannot close a reserved socket", e);
      }
    }
  }
}
