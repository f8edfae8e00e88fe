/** The account's audit chain: each record sealed together with the one before it. */
@NullMarked
package io.querytrail.audit.chain;

import org.jspecify.annotations.NullMarked;
