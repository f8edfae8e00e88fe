package io.querytrail.sink.log;

import org.jspecify.annotations.Nullable;

/** Time by stage; null for a stage that was not reached. */
public record Latencies(
    @Nullable Long queueMillis,
    @Nullable Long schemaMillis,
    @Nullable Long modelMillis,
    @Nullable Long explainMillis,
    @Nullable Long safetyMicros) {}
