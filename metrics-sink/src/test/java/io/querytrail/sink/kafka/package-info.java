/** From events to rows. */
@NullMarked
package io.querytrail.sink.kafka;

import org.jspecify.annotations.NullMarked;
