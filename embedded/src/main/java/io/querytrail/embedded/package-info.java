/** A real Kafka broker and a real PostgreSQL server, started from this JVM and ending with it. */
@NullMarked
package io.querytrail.embedded;

import org.jspecify.annotations.NullMarked;
