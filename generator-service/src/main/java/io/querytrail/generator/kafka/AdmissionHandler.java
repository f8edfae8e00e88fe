package io.querytrail.generator.kafka;

import io.micrometer.core.instrument.Counter;
import io.querytrail.generator.generation.Admission;
import io.querytrail.generator.generation.Generation;
import io.querytrail.generator.generation.Generator;
import io.querytrail.schemas.EventHeaders;
import io.querytrail.schemas.TraceParent;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From one record to one report, or to one dead letter. */
final class AdmissionHandler implements RecordHandler {
  private static final Logger LOG = LoggerFactory.getLogger(AdmissionHandler.class);

  private final AdmissionReader reader;
  private final Generator generator;
  private final Outbox outbox;
  private final RandomGenerator random;
  private final Counter deadLetters;
  private final Counter interruptions;

  AdmissionHandler(
      AdmissionReader reader,
      Generator generator,
      Outbox outbox,
      RandomGenerator random,
      Counter deadLetters,
      Counter interruptions) {
    this.reader = reader;
    this.generator = generator;
    this.outbox = outbox;
    this.random = random;
    this.deadLetters = deadLetters;
    this.interruptions = interruptions;
  }

  @Override
  public void handle(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
    switch (reader.read(record)) {
      case AdmissionReader.Reading.Unusable unusable -> deadLetter(record, unusable);
      case AdmissionReader.Reading.Usable usable -> generate(record, usable.admission());
    }
  }

  @Override
  public void reportInterrupted(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
    switch (reader.read(record)) {
      case AdmissionReader.Reading.Unusable unusable -> deadLetter(record, unusable);
      case AdmissionReader.Reading.Usable usable -> {
        outbox.reportInterrupted(usable.admission(), trace(record));
        interruptions.increment();
      }
    }
  }

  private void generate(ConsumerRecord<byte[], byte[]> record, Admission admission)
      throws InterruptedException {
    Generation generation;
    try {
      generation = generator.generate(admission);
    } catch (RuntimeException e) {
      // The record's boundary: a bug must not take its neighbours along.
      LOG.atError()
          .addKeyValue("requestId", admission.requestId())
          .addKeyValue("account", admission.account())
          .setCause(e)
          .log("generator failed");
      deadLetter(
          record,
          new AdmissionReader.Reading.Unusable(
              e.getClass().getSimpleName(), "the generator failed on this admission"));
      return;
    }
    if (Thread.interrupted()) {
      throw new InterruptedException("stopped in the middle of " + admission.admissionId());
    }
    outbox.publish(generation, trace(record));
  }

  private TraceParent trace(ConsumerRecord<byte[], byte[]> record) {
    return EventHeaders.trace(record.headers())
        .map(incoming -> incoming.next(random))
        .orElseGet(() -> TraceParent.start(random));
  }

  private void deadLetter(
      ConsumerRecord<byte[], byte[]> record, AdmissionReader.Reading.Unusable why)
      throws InterruptedException {
    LOG.atWarn()
        .addKeyValue("topic", record.topic())
        .addKeyValue("partition", record.partition())
        .addKeyValue("offset", record.offset())
        .addKeyValue("error", why.errorClass())
        .log("admission put with the dead letters");
    outbox.deadLetter(record, why);
    deadLetters.increment();
  }
}
