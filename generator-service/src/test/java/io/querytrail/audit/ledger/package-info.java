/** The ledger's pricing, for tests of what it is told. */
@NullMarked
package io.querytrail.audit.ledger;

import org.jspecify.annotations.NullMarked;
