package io.querytrail.sink.kafka;

import java.time.Duration;

/**
 * When a batch is written: at so many records, or so many bytes of Kafka's, or so long after its
 * first record, whatever comes first. A batch exceeds its limits by what one poll brings at most.
 */
public record BatchLimits(int maxRecords, long maxBytes, Duration linger) {}
