/** Months. */
@NullMarked
package io.querytrail.sink.partition;

import org.jspecify.annotations.NullMarked;
