/** The ledger's state in a key-value store, row by row. */
@NullMarked
package io.querytrail.audit.state;

import org.jspecify.annotations.NullMarked;
