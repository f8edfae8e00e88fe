package io.querytrail.generator.schema;

import java.util.SortedSet;

/**
 * What came of reading a kept schema again.
 *
 * @param fingerprintBefore of what was kept
 */
public record Refreshed(
    SortedSet<String> schemas, String fingerprintBefore, SchemaReading reading) {}
