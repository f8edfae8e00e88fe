/** The sink as a whole, against a real broker and a real database. */
@NullMarked
package io.querytrail.sink;

import org.jspecify.annotations.NullMarked;
