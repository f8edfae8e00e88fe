/** From an admission to a generation: the order of the steps, knowing no transport. */
@NullMarked
package io.querytrail.generator.generation;

import org.jspecify.annotations.NullMarked;
