/** Reads the log: cost by any grouping, and the story of one request. */
@NullMarked
package io.querytrail.sink.report;

import org.jspecify.annotations.NullMarked;
