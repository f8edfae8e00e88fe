/** The metrics sink as a service: configuration, wiring, process. */
@NullMarked
package io.querytrail.sink;

import org.jspecify.annotations.NullMarked;
