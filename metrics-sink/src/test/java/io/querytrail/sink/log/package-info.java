/** The log in plain Java. */
@NullMarked
package io.querytrail.sink.log;

import org.jspecify.annotations.NullMarked;
