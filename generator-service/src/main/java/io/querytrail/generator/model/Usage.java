package io.querytrail.generator.model;

import org.jspecify.annotations.Nullable;

/**
 * Tokens by class as the provider reported them. Null means that it did not say; it never means 0.
 *
 * @param input all input tokens, cached and cache-write tokens included
 * @param cachedInput the part of {@code input} read from the provider's cache
 * @param cacheWrite the part of {@code input} written to the provider's cache
 * @param output all output tokens, reasoning tokens included
 * @param reasoning the part of {@code output} spent on reasoning
 */
public record Usage(
    @Nullable Long input,
    @Nullable Long cachedInput,
    @Nullable Long cacheWrite,
    @Nullable Long output,
    @Nullable Long reasoning) {}
