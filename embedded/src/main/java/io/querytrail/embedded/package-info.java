/**
 * A real Kafka broker, a real PostgreSQL server, and real caches, started from this JVM and ending
 * with it.
 */
@NullMarked
package io.querytrail.embedded;

import org.jspecify.annotations.NullMarked;
