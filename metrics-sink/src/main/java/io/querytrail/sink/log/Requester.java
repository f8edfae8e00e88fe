package io.querytrail.sink.log;

import org.jspecify.annotations.Nullable;

/** Who asked, and of which datasource. */
public record Requester(String user, @Nullable String team, @Nullable String datasource) {}
