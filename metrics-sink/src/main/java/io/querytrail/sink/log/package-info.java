/**
 * What the log knows of a request, in plain Java: rows, batches, roll-ups, and what a store of them
 * must do.
 */
@NullMarked
package io.querytrail.sink.log;

import org.jspecify.annotations.NullMarked;
