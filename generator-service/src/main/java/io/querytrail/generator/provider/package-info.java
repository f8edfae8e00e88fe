/** Calls models over HTTP, in the wire formats of those who serve them. */
@NullMarked
package io.querytrail.generator.provider;

import org.jspecify.annotations.NullMarked;
