package io.querytrail.schemas;

import io.querytrail.events.QueryApproved;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads approved queries, each at least once and in the order of its account. Always reads
 * committed records only: an approval of an aborted transaction never happened.
 */
public final class ApprovalConsumer implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(500);

  /** Takes one approval; its offset is committed after the handler returned for the whole batch. */
  @FunctionalInterface
  public interface Handler {
    /** An exception ends {@link ApprovalConsumer#run}; the approval is then delivered again. */
    void handle(QueryApproved approved, Optional<TraceParent> trace) throws Exception;
  }

  private enum State {
    OPEN,
    RUNNING,
    CLOSED
  }

  private final Consumer<String, byte[]> consumer;
  private final EventDeserializer events;
  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);

  ApprovalConsumer(Consumer<String, byte[]> consumer, EventDeserializer events) {
    this.consumer = consumer;
    this.events = events;
  }

  /**
   * Connects.
   *
   * @param kafka settings of a Kafka consumer, at least {@code bootstrap.servers} and {@code
   *     group.id}
   */
  public static ApprovalConsumer open(Map<String, ?> kafka) {
    Map<String, Object> settings = new HashMap<>(kafka);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.putIfAbsent("auto.offset.reset", "earliest");
    EventDeserializer events = new EventDeserializer();
    events.configure(settings, false);
    return new ApprovalConsumer(
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer()),
        events);
  }

  /**
   * Hands approvals to the handler until {@link #close} is called from another thread or the
   * handler fails. Can be called once.
   *
   * @throws SerializationException when a record is not an approval: somebody else writes to the
   *     topic
   * @throws Exception what the handler threw
   */
  public void run(Handler handler) throws Exception {
    if (!state.compareAndSet(State.OPEN, State.RUNNING)) {
      throw new IllegalStateException("this consumer was run or closed before");
    }
    try (consumer) {
      consumer.subscribe(List.of(Topic.APPROVALS.topicName()));
      while (state.get() == State.RUNNING) {
        handle(poll(), handler);
      }
    }
  }

  private ConsumerRecords<String, byte[]> poll() {
    try {
      return consumer.poll(POLL);
    } catch (WakeupException e) {
      return ConsumerRecords.empty();
    }
  }

  private void handle(ConsumerRecords<String, byte[]> batch, Handler handler) throws Exception {
    Map<TopicPartition, OffsetAndMetadata> handled = new HashMap<>();
    for (ConsumerRecord<String, byte[]> record : batch) {
      if (state.get() != State.RUNNING) {
        break;
      }
      handler.handle(approval(record), EventHeaders.trace(record.headers()));
      handled.put(
          new TopicPartition(record.topic(), record.partition()),
          new OffsetAndMetadata(record.offset() + 1));
    }
    if (!handled.isEmpty()) {
      commit(handled);
    }
  }

  /** What was handled is committed also when close came in between. */
  private void commit(Map<TopicPartition, OffsetAndMetadata> handled) {
    try {
      consumer.commitSync(handled);
    } catch (WakeupException e) {
      consumer.commitSync(handled);
    }
  }

  private QueryApproved approval(ConsumerRecord<String, byte[]> record) {
    if (events.deserialize(record.topic(), record.value()) instanceof QueryApproved approved) {
      return approved;
    }
    throw new SerializationException(
        "%s-%d@%d is not an approval"
            .formatted(record.topic(), record.partition(), record.offset()));
  }

  /** Ends {@link #run} after the approval in hand, whose offset is still committed. */
  @Override
  public void close() {
    if (state.getAndSet(State.CLOSED) == State.OPEN) {
      consumer.close();
    } else {
      consumer.wakeup();
    }
  }
}
