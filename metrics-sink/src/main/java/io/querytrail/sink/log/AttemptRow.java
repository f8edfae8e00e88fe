package io.querytrail.sink.log;

import org.jspecify.annotations.Nullable;

/**
 * One row of the model calls.
 *
 * @param chainSequence of the audit record that reported the call
 * @param ordinal place in that record, from 1; 0 for an adjustment
 * @param correction whether it became known after the verdict
 */
public record AttemptRow(
    RequestKey key,
    long chainSequence,
    int ordinal,
    boolean correction,
    @Nullable String currency,
    @Nullable String priceVersion,
    Attempt attempt) {}
