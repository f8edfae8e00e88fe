/**
 * Decides whether a statement is safe to run, by PostgreSQL's own grammar and an account's policy.
 *
 * <p>The world is closed: a statement is approved only if everything in it is known and allowed.
 */
@NullMarked
package io.querytrail.safety;

import org.jspecify.annotations.NullMarked;
