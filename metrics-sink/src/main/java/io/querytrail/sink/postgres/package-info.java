/**
 * Writes rows and offsets to PostgreSQL in one transaction, and keeps its tables and partitions.
 */
@NullMarked
package io.querytrail.sink.postgres;

import org.jspecify.annotations.NullMarked;
