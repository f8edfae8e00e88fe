/** Reads schemas from the catalogs of PostgreSQL. */
@NullMarked
package io.querytrail.generator.discovery;

import org.jspecify.annotations.NullMarked;
