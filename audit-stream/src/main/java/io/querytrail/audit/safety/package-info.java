/** The safety check behind {@link io.querytrail.audit.verdict.SqlJudge}. */
@NullMarked
package io.querytrail.audit.safety;

import org.jspecify.annotations.NullMarked;
