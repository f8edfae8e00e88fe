/** Reads what a model wrote: a JSON object of the agreed shape, or nothing. */
@NullMarked
package io.querytrail.generator.answer;

import org.jspecify.annotations.NullMarked;
