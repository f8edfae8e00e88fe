package io.querytrail.sink.log;

/** Where on Kafka a record stood. */
public record Source(String topic, int partition, long offset) {}
