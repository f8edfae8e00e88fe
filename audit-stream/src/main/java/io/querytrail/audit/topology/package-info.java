/**
 * The Kafka Streams topology: moves events to the ledger and the safety check, and writes out what
 * they say.
 */
@NullMarked
package io.querytrail.audit.topology;

import org.jspecify.annotations.NullMarked;
