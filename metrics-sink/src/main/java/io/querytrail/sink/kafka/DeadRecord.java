package io.querytrail.sink.kafka;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record on its way to the dead letters, and why. */
record DeadRecord(ConsumerRecord<byte[], byte[]> record, String errorClass, String message) {}
