package io.querytrail.schemas;

import io.querytrail.events.QueryExecuted;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Reports what became of approved queries, so that the log knows their run time. Safe for use by
 * several threads.
 */
public final class ExecutionReporter implements AutoCloseable {
  private final Producer<String, SpecificRecord> producer;
  private final String source;
  private final RandomGenerator random;
  private final Clock clock;

  private ExecutionReporter(
      Producer<String, SpecificRecord> producer,
      String source,
      RandomGenerator random,
      Clock clock) {
    this.producer = producer;
    this.source = source;
    this.random = random;
    this.clock = clock;
  }

  /**
   * Connects.
   *
   * @param kafka settings of a Kafka producer, at least {@code bootstrap.servers}
   * @param source name of the running application, which becomes {@code ce_source}
   */
  public static ExecutionReporter open(Map<String, ?> kafka, String source) {
    return new ExecutionReporter(
        EventSender.open(kafka), source, new SecureRandom(), Clock.systemUTC());
  }

  /**
   * Sends one report.
   *
   * @param trace the trace of the approval, where it had one
   * @return completes when the broker has it, or with the broker's error
   */
  public CompletableFuture<RecordMetadata> report(
      QueryExecuted executed, Optional<TraceParent> trace) {
    TraceParent hop =
        trace.map(parent -> parent.next(random)).orElseGet(() -> TraceParent.start(random));
    return EventSender.send(
        producer,
        new ProducerRecord<>(
            Topic.EXECUTIONS.topicName(),
            null,
            executed.getAccount(),
            executed,
            EventHeaders.of(
                executed,
                executed.getExecutionId(),
                source,
                executed.getRequestId(),
                clock.instant(),
                hop)));
  }

  @Override
  public void close() {
    producer.close();
  }
}
