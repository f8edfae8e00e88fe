/** Which month a row belongs to, and which months must have a partition. */
@NullMarked
package io.querytrail.sink.partition;

import org.jspecify.annotations.NullMarked;
