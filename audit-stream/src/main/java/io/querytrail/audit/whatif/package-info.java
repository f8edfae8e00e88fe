/** What-if replay: the decider, fed from the ledger's history under another policy. */
@NullMarked
package io.querytrail.audit.whatif;

import org.jspecify.annotations.NullMarked;
