package io.querytrail.audit.topology;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.Policy;
import io.querytrail.audit.ledger.Routing;
import io.querytrail.audit.state.KeyValueLedgerState;
import io.querytrail.audit.state.StoreSweep;
import io.querytrail.events.AccountPolicy;
import io.querytrail.schemas.Topic;
import java.util.Objects;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** What each processor of a task is made of. */
record TaskParts(
    LedgerTask ledger,
    Inbound inbound,
    Output output,
    Verdicts verdicts,
    Postings postings,
    StoreSweep sweep,
    TopologyMetrics metrics) {

  static TaskParts of(ProcessorContext<byte[], byte[]> context, StreamDependencies dependencies) {
    KeyValueStore<String, byte[]> store = context.getStateStore(AuditTopology.LEDGER_STORE);
    TopologyMetrics metrics = new TopologyMetrics(dependencies.metrics());
    Output output = new Output(context, dependencies.serializer(), dependencies.random());
    Rows rows = new Rows(store);
    KeyValueLedgerState state =
        new KeyValueLedgerState(
            rows,
            event ->
                InboundMapper.policy(
                    (AccountPolicy)
                        Objects.requireNonNull(
                            dependencies
                                .deserializer()
                                .deserialize(Topic.ACCOUNTS.topicName(), event))),
            dependencies.tables());
    return new TaskParts(
        new LedgerTask(dependencies, state, output, context.taskId(), metrics),
        new Inbound(dependencies.deserializer(), output, metrics),
        output,
        new Verdicts(
            output,
            state,
            dependencies.chainKey(),
            new StoredTexts(dependencies.chainKey(), dependencies.judges()),
            metrics),
        new Postings(output, state, dependencies.chainKey()),
        new StoreSweep(rows, state, dependencies.ledger(), dependencies.retention()),
        metrics);
  }

  /** How the account in whose turn this is wants its questions routed. */
  Routing routing(AccountId account) {
    return ledger.state().account(account).policy().map(Policy::routing).orElse(Routing.DEFAULTS);
  }

  private record Rows(KeyValueStore<String, byte[]> store) implements KeyValueLedgerState.Rows {
    @Override
    public byte @Nullable [] get(String key) {
      return store.get(key);
    }

    @Override
    public void put(String key, byte[] value) {
      store.put(key, value);
    }

    @Override
    public void delete(String key) {
      store.delete(key);
    }

    @Override
    public void scan(String from, String to, Visitor visitor) {
      try (KeyValueIterator<String, byte[]> found = store.range(from, to)) {
        while (found.hasNext()) {
          KeyValue<String, byte[]> row = found.next();
          // The store's ranges take in their end.
          if (row.key.equals(to) || !visitor.visit(row.key, row.value)) {
            return;
          }
        }
      }
    }
  }
}
