/**
 * The budget ledger: a pure decider that says what may be spent, and the facts that change its
 * state.
 */
@NullMarked
package io.querytrail.audit.ledger;

import org.jspecify.annotations.NullMarked;
