package io.querytrail.generator.kafka;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Does all that a record asks for. Called by many threads at once. */
interface RecordHandler {
  /**
   * Carries out an admission. Returns when the record is finished for good.
   *
   * @throws InterruptedException when it is not finished and has to be delivered again
   * @throws RuntimeException when the service cannot go on
   */
  void handle(ConsumerRecord<byte[], byte[]> record) throws InterruptedException;

  /**
   * Reports an admission that an earlier owner may have carried out; calls no model. Returns when
   * the record is finished for good.
   *
   * @throws InterruptedException when it is not finished and has to be delivered again
   * @throws RuntimeException when the service cannot go on
   */
  void reportInterrupted(ConsumerRecord<byte[], byte[]> record) throws InterruptedException;
}
