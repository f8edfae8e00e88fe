/** Parts of the sink, put together for a measurement as the product never does. */
@NullMarked
package io.querytrail.sink.postgres;

import org.jspecify.annotations.NullMarked;
