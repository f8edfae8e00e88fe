/** Admissions in, generations out: the edge where records, offsets and Avro events end. */
@NullMarked
package io.querytrail.generator.kafka;

import org.jspecify.annotations.NullMarked;
