/** The generator's own composition, as benchmarks need it: without Kafka before and behind it. */
@NullMarked
package io.querytrail.generator;

import org.jspecify.annotations.NullMarked;
