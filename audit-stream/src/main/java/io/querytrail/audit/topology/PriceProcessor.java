package io.querytrail.audit.topology;

import io.querytrail.audit.money.PriceTable;
import io.querytrail.events.PriceList;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Takes price tables into the task's own store. The same record comes in every partition, so that
 * each account's log has one place at which a table becomes known.
 */
final class PriceProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  private final StreamDependencies dependencies;
  private ProcessorContext<byte[], byte[]> context;
  private TaskParts task;

  @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else.
  PriceProcessor(StreamDependencies dependencies) {
    this.dependencies = dependencies;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
    this.task = TaskParts.of(context, dependencies);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    RecordMetadata from = context.recordMetadata().orElseThrow();
    task.inbound()
        .read(
            record,
            from,
            "version",
            event ->
                event instanceof PriceList list ? Optional.of(list.getVersion()) : Optional.empty())
        .ifPresent(event -> apply((PriceList) event, record, from));
  }

  private void apply(PriceList list, Record<byte[], byte[]> record, RecordMetadata from) {
    Optional<String> against = against(list);
    task.metrics().prices(against.isEmpty());
    against.ifPresent(reason -> task.inbound().deadLetter(record, from, "UNUSABLE_PRICES", reason));
  }

  private Optional<String> against(PriceList list) {
    if (dependencies.ledger().bundles(list.getVersion())) {
      return Optional.of(
          "a table of version %s came with the product; give this one a version of its own"
              .formatted(list.getVersion()));
    }
    try {
      PriceTable table = dependencies.tables().read(list.getTable());
      if (!table.version().equals(list.getVersion())
          || !table.currency().equals(list.getCurrency())
          || !table.effective().equals(list.getEffectiveFrom())) {
        return Optional.of("version, currency or effectiveFrom is not what the table itself says");
      }
      return task.ledger().state().applyPrices(list.getVersion(), list.getTable());
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
