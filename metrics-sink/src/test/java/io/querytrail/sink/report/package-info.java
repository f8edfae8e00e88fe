/** Reading the log. */
@NullMarked
package io.querytrail.sink.report;

import org.jspecify.annotations.NullMarked;
