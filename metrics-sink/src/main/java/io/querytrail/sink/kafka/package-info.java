/** Reads the topics, turns events into rows, and sets aside what cannot be used. */
@NullMarked
package io.querytrail.sink.kafka;

import org.jspecify.annotations.NullMarked;
