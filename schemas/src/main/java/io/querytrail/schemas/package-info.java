/**
 * The topics and how their records are written and read: all that an application needs of
 * Querytrail.
 */
@NullMarked
package io.querytrail.schemas;

import org.jspecify.annotations.NullMarked;
