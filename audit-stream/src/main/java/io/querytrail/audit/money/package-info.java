/** Exact amounts, token counts and the prices that turn one into the other. */
@NullMarked
package io.querytrail.audit.money;

import org.jspecify.annotations.NullMarked;
