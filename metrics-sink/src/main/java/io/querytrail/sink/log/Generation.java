package io.querytrail.sink.log;

import org.jspecify.annotations.Nullable;

/** How the answer was had. Provider and model are those that gave it, null where none did. */
public record Generation(
    @Nullable String provider,
    @Nullable String model,
    boolean cacheHit,
    @Nullable String cacheTier,
    @Nullable Long cacheAgeMillis,
    boolean degraded,
    int repairs) {}
