package io.querytrail.audit.topology;

import io.querytrail.schemas.Partitions;
import io.querytrail.schemas.Topic;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The topology: four processors around one ledger store. All topics have the same partitions and
 * are keyed by account, so one task, and with it one thread, decides everything about an account in
 * the order of its log.
 */
public final class AuditTopology {
  static final String LEDGER_STORE = "ledger";

  private static final String PRICES = "prices";
  private static final int CHANGELOG_SEGMENT_BYTES = 64 * 1024 * 1024;

  private static final String POLICY = "policy";
  private static final String ADMISSION = "admission";
  private static final String VERDICT = "verdict";
  private static final String COMMAND = "command";

  private AuditTopology() {}

  /** Every operator by name; see the golden file of the description. */
  public static Topology build(StreamDependencies dependencies) {
    Topology topology = new Topology();
    source(topology, Topic.PRICES);
    source(topology, Topic.ACCOUNTS);
    source(topology, Topic.REQUESTS);
    source(topology, Topic.REQUESTS_REROUTED);
    source(topology, Topic.GENERATIONS);
    source(topology, Topic.COMMANDS);

    topology.addProcessor(PRICES, () -> new PriceProcessor(dependencies), Topic.PRICES.topicName());
    topology.addProcessor(
        POLICY, () -> new PolicyProcessor(dependencies), Topic.ACCOUNTS.topicName());
    topology.addProcessor(
        ADMISSION,
        () -> new AdmissionProcessor(dependencies),
        Topic.REQUESTS.topicName(),
        "rerouted");
    topology.addProcessor(
        VERDICT, () -> new VerdictProcessor(dependencies), Topic.GENERATIONS.topicName());
    topology.addProcessor(
        COMMAND, () -> new CommandProcessor(dependencies), Topic.COMMANDS.topicName());
    topology.addStateStore(ledgerStore(), PRICES, POLICY, ADMISSION, VERDICT, COMMAND);

    sink(topology, Topic.ADMISSIONS, ADMISSION, VERDICT);
    sink(topology, Topic.REQUESTS_REROUTED, ADMISSION);
    sink(topology, Topic.APPROVALS, VERDICT);
    sink(topology, Topic.REJECTIONS, ADMISSION, VERDICT, COMMAND);
    sink(topology, Topic.AUDIT, ADMISSION, VERDICT, COMMAND);
    sink(topology, Topic.ALERTS, VERDICT, COMMAND);
    sink(topology, Topic.LEDGER, POLICY, ADMISSION, VERDICT, COMMAND);
    sink(topology, Topic.DEAD_LETTERS, PRICES, POLICY, ADMISSION, VERDICT, COMMAND);
    topology.addSink(
        Topic.BALANCES.topicName(),
        Topic.BALANCES.topicName(),
        new ByteArraySerializer(),
        new ByteArraySerializer(),
        byAccountOfBalance(),
        POLICY,
        ADMISSION,
        VERDICT,
        COMMAND);
    return topology;
  }

  private static void source(Topology topology, Topic topic) {
    // The rerouted topic is read and written here, and a node name can stand only once.
    String name = topic == Topic.REQUESTS_REROUTED ? "rerouted" : topic.topicName();
    topology.addSource(
        name, new ByteArrayDeserializer(), new ByteArrayDeserializer(), topic.topicName());
  }

  private static void sink(Topology topology, Topic topic, String... parents) {
    topology.addSink(
        topic.topicName(),
        topic.topicName(),
        new ByteArraySerializer(),
        new ByteArraySerializer(),
        parents);
  }

  private static StreamPartitioner<byte[], byte[]> byAccountOfBalance() {
    return (topic, key, value, partitions) ->
        Optional.of(Set.of(Partitions.of(BalanceKeys.account(key), partitions)));
  }

  private static StoreBuilder<KeyValueStore<String, byte[]>> ledgerStore() {
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(LEDGER_STORE), Serdes.String(), Serdes.ByteArray())
        .withLoggingEnabled(
            Map.of(
                // A policy is kept as it came, with a longer key.
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                Integer.toString(Topic.MAX_DERIVED_BYTES),
                // Most rows are soon written over; small segments and an eager cleaner keep short
                // what has to be read back when the store is lost.
                TopicConfig.SEGMENT_BYTES_CONFIG,
                Integer.toString(CHANGELOG_SEGMENT_BYTES),
                TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
                "0.2"));
  }
}
