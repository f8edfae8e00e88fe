package io.querytrail.embedded;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.server.fault.FaultHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * The parts of Kafka's own server, put together as {@code KafkaRaftServer} does but for a guest in
 * somebody's JVM: sockets come from outside, and a fault is thrown or logged where Kafka would exit
 * the process.
 */
final class KafkaNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaNode.class);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

  private final SharedServer shared;
  private final ControllerServer controller;
  private final BrokerServer broker;
  private final AtomicBoolean closed = new AtomicBoolean();

  private KafkaNode(SharedServer shared, BootstrapMetadata bootstrap) {
    this.shared = shared;
    this.broker = new BrokerServer(shared);
    this.controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), bootstrap);
  }

  static KafkaNode start(
      KafkaConfig config, InetSocketAddress controllerAddress, ReservedSockets sockets) {
    KafkaNode node = assemble(config, controllerAddress, sockets);
    try {
      node.controller.startup();
      node.broker.startup();
      return node;
    } catch (Exception | Error e) { // Scala code throws checked exceptions undeclared.
      node.closeAfter(e);
      throw new EmbeddedServerException(
          "Kafka did not start on "
              + config.logDirs()
              + ". If another process uses the directory, stop that one first; cause: "
              + e.getMessage(),
          e);
    }
  }

  private static KafkaNode assemble(
      KafkaConfig config, InetSocketAddress controllerAddress, ReservedSockets sockets) {
    Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> found =
        KafkaRaftServer.initializeLogDirs(config, LOG, "");
    MetaPropertiesEnsemble properties = found._1();
    Metrics metrics =
        Server.initializeMetrics(config, Time.SYSTEM, properties.clusterId().orElseThrow());
    SharedServer shared =
        new SharedServer(
            config,
            properties,
            Time.SYSTEM,
            metrics,
            CompletableFuture.completedFuture(Map.of(BrokerSettings.NODE_ID, controllerAddress)),
            List.of(),
            KafkaNode::faultHandler,
            sockets);
    return new KafkaNode(shared, found._2());
  }

  private static FaultHandler faultHandler(String name, boolean fatal, Runnable action) {
    return (message, cause) -> {
      LOG.atError()
          .addKeyValue("component", name)
          .addKeyValue("fatal", fatal)
          .setCause(cause)
          .log("The embedded broker met a fault; restart it if it stops answering");
      action.run();
      return new EmbeddedServerException(name + ": " + message, cause);
    };
  }

  private void closeAfter(Throwable failure) {
    try {
      close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /** The broker first, while its controller can still take the farewell. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      broker.shutdown(STOP_LIMIT);
      controller.shutdown();
      broker.awaitShutdown();
      controller.awaitShutdown();
      Utils.closeQuietly(shared.metrics(), "metrics of the embedded broker");
    }
  }
}
