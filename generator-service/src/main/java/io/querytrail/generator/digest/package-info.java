/** Digests of what decides something: of a schema, of a question. */
@NullMarked
package io.querytrail.generator.digest;

import org.jspecify.annotations.NullMarked;
