package io.querytrail.schemas;

import io.querytrail.events.QueryRequested;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Asks questions: writes {@link QueryRequested} events with their key and headers. Safe for use by
 * several threads.
 *
 * <p>The producer is idempotent and waits for all replicas. A request that was sent twice under the
 * same id is answered and paid once, so on any doubt send again.
 */
public final class RequestProducer implements AutoCloseable {
  private final Producer<String, SpecificRecord> producer;
  private final String source;
  private final RandomGenerator random;
  private final Clock clock;

  RequestProducer(
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
   * @param kafka settings of a Kafka producer, at least {@code bootstrap.servers}; with {@code
   *     schema.registry.url} records are written in the registry's frame
   * @param source name of the asking application, which becomes {@code ce_source}
   */
  public static RequestProducer open(Map<String, ?> kafka, String source) {
    Map<String, Object> settings = new HashMap<>(kafka);
    settings.putIfAbsent("linger.ms", 5);
    settings.putIfAbsent("max.request.size", Topic.MAX_RECORD_BYTES);
    return new RequestProducer(
        EventSender.open(settings), source, new SecureRandom(), Clock.systemUTC());
  }

  /**
   * Sends one request in a trace of its own.
   *
   * @return completes when the broker has it, or with the broker's error
   * @throws IllegalArgumentException when the request is not well formed; the message says all that
   *     is wrong
   */
  public CompletableFuture<RecordMetadata> ask(QueryRequested request) {
    return ask(request, TraceParent.start(random));
  }

  /** Sends one request as part of the caller's trace. See {@link #ask(QueryRequested)}. */
  public CompletableFuture<RecordMetadata> ask(QueryRequested request, TraceParent trace) {
    List<String> violations = RequestRules.violations(request);
    if (!violations.isEmpty()) {
      throw new IllegalArgumentException(
          "request is not well formed: " + String.join("; ", violations));
    }
    return EventSender.send(
        producer,
        new ProducerRecord<>(
            Topic.REQUESTS.topicName(),
            null,
            request.getAccount(),
            request,
            EventHeaders.of(
                request,
                request.getRequestId(),
                source,
                request.getRequestId(),
                clock.instant(),
                trace)));
  }

  /** Waits for what was sent, then disconnects. */
  @Override
  public void close() {
    producer.close();
  }
}
