/** Which records of a partition are finished, in whatever order they finish. */
@NullMarked
package io.querytrail.generator.offset;

import org.jspecify.annotations.NullMarked;
