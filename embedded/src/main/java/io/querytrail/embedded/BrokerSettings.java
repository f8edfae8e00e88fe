package io.querytrail.embedded;

import java.nio.file.Path;
import java.util.Properties;

/** What the one node is told: it is broker and controller, alone, on loopback, small, durable. */
final class BrokerSettings {
  static final int NODE_ID = 1;
  static final String HOST = "127.0.0.1";
  static final String CLIENT_LISTENER = "PLAINTEXT";
  static final String CONTROLLER_LISTENER = "CONTROLLER";

  /** Enough to spread the coordinators' work over the threads of a small machine. */
  private static final String INTERNAL_PARTITIONS = "4";

  private static final String ONE_YEAR_MINUTES = String.valueOf(365 * 24 * 60);

  private BrokerSettings() {}

  static Properties of(Path dataDirectory, int clientPort, int controllerPort) {
    Properties settings = new Properties();
    addTopology(settings, clientPort, controllerPort);
    addSingleNode(settings);
    settings.put("log.dirs", dataDirectory.toString());
    settings.put("auto.create.topics.enable", "false");
    settings.put("group.initial.rebalance.delay.ms", "0");
    // A stack that rested for weeks must find its place again; the default forgets after 7 days.
    settings.put("offsets.retention.minutes", ONE_YEAR_MINUTES);
    // The partitions of a consumer that was killed move on after 10 s; the default makes them wait 45.
    settings.put("group.consumer.session.timeout.ms", "10000");
    settings.put("group.consumer.min.session.timeout.ms", "10000");
    settings.put("group.consumer.heartbeat.interval.ms", "2000");
    settings.put("group.consumer.min.heartbeat.interval.ms", "2000");
    // A broker that was killed is let in again only after its old session: 3 s rather than 9.
    settings.put("broker.session.timeout.ms", "3000");
    settings.put("broker.heartbeat.interval.ms", "500");
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "4");
    // The default takes 128 MiB of the application's heap.
    settings.put("log.cleaner.dedupe.buffer.size", String.valueOf(4 << 20));
    return settings;
  }

  private static void addTopology(Properties settings, int clientPort, int controllerPort) {
    String client = CLIENT_LISTENER + "://" + HOST + ":" + clientPort;
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", String.valueOf(NODE_ID));
    settings.put("controller.quorum.voters", NODE_ID + "@" + HOST + ":" + controllerPort);
    settings.put("controller.listener.names", CONTROLLER_LISTENER);
    settings.put(
        "listeners", client + "," + CONTROLLER_LISTENER + "://" + HOST + ":" + controllerPort);
    settings.put("advertised.listeners", client);
    settings.put(
        "listener.security.protocol.map",
        CLIENT_LISTENER + ":PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT");
    settings.put("inter.broker.listener.name", CLIENT_LISTENER);
  }

  private static void addSingleNode(Properties settings) {
    settings.put("default.replication.factor", "1");
    settings.put("min.insync.replicas", "1");
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", INTERNAL_PARTITIONS);
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("transaction.state.log.num.partitions", INTERNAL_PARTITIONS);
    // How long after its timeout the transaction of a killed client still holds back readers; the
    // default is 10 s.
    settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
    settings.put("share.coordinator.state.topic.replication.factor", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("share.coordinator.state.topic.num.partitions", INTERNAL_PARTITIONS);
  }
}
