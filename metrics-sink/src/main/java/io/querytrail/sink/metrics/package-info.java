/** The numbers that the sink shows of itself. */
@NullMarked
package io.querytrail.sink.metrics;

import org.jspecify.annotations.NullMarked;
