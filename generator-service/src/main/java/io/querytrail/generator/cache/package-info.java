/**
 * Answers that are used again: what decides an answer, where answers are kept, who waits for whom.
 */
@NullMarked
package io.querytrail.generator.cache;

import org.jspecify.annotations.NullMarked;
