package io.querytrail.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;

/**
 * A Kafka node, broker and controller in one, in this JVM on 127.0.0.1. What it stored survives
 * {@link #close} and the death of the JVM: start it again on the same directory D. Beside it,
 * {@code D.lock} keeps a second start away.
 *
 * <p>It logs through SLF4J as {@code org.apache.kafka}, {@code kafka} and {@code
 * state.change.logger}: set these three to WARN, or every start writes hundreds of lines; at ERROR
 * two harmless warnings of a lone node vanish as well. Safe for use by several threads.
 */
public final class EmbeddedKafka implements AutoCloseable {
  private static final String FORMATTED_MARK = "meta.properties";

  private final KafkaNode node;
  private final DirectoryLock lock;
  private final String bootstrapServers;

  private EmbeddedKafka(KafkaNode node, DirectoryLock lock, String bootstrapServers) {
    this.node = node;
    this.lock = lock;
    this.bootstrapServers = bootstrapServers;
  }

  /** Starts on a free port. */
  public static EmbeddedKafka start(Path dataDirectory) {
    return start(dataDirectory, 0);
  }

  /**
   * Starts a new node, or the one whose data the directory holds, and returns when it accepts
   * requests.
   *
   * @param port where clients connect; 0 means a free port
   * @throws EmbeddedServerException if the port is taken, another process uses the directory, or
   *     the node does not start
   */
  public static EmbeddedKafka start(Path dataDirectory, int port) {
    Path directory = dataDirectory.toAbsolutePath().normalize();
    try {
      Files.createDirectories(directory);
      DirectoryLock lock = DirectoryLock.take(directory);
      try {
        return start(directory, port, lock);
      } catch (RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new EmbeddedServerException("Cannot write to Kafka's directory " + directory, e);
    }
  }

  private static EmbeddedKafka start(Path directory, int port, DirectoryLock lock) {
    try (ReservedSockets sockets = new ReservedSockets()) {
      int clientPort = sockets.reserve(port);
      int controllerPort = sockets.reserve(0);
      Properties settings = BrokerSettings.of(directory, clientPort, controllerPort);
      if (!Files.exists(directory.resolve(FORMATTED_MARK))) {
        format(directory);
      }
      KafkaNode node =
          KafkaNode.start(
              KafkaConfig.fromProps(settings, false),
              new InetSocketAddress(BrokerSettings.HOST, controllerPort),
              sockets);
      return new EmbeddedKafka(node, lock, BrokerSettings.HOST + ":" + clientPort);
    } catch (KafkaException e) {
      throw new EmbeddedServerException(
          "Kafka cannot use what is in " + directory + ": " + e.getMessage(), e);
    }
  }

  /** The mark is what formatting writes last, so a format that was cut off is simply repeated. */
  private static void format(Path directory) {
    try {
      new Formatter()
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
          .setClusterId(Uuid.randomUuid().toString())
          .setNodeId(BrokerSettings.NODE_ID)
          .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
          .addDirectory(directory.toString())
          .setMetadataLogDirectory(directory.toString())
          .run();
    } catch (Exception e) {
      throw new EmbeddedServerException("Cannot prepare Kafka's directory " + directory, e);
    }
  }

  /** The address for clients' {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /** Stops in order: clients are cut off, logs are flushed and closed. */
  @Override
  public void close() {
    try (DirectoryLock released = lock) {
      node.close();
    } catch (IOException e) {
      throw new EmbeddedServerException("Cannot let go of Kafka's directory", e);
    }
  }
}
