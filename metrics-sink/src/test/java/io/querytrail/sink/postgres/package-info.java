/** The log in a real PostgreSQL. */
@NullMarked
package io.querytrail.sink.postgres;

import org.jspecify.annotations.NullMarked;
