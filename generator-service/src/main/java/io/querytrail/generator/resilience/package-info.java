/** What keeps one provider's trouble from becoming everybody's: retries, breakers, bulkheads. */
@NullMarked
package io.querytrail.generator.resilience;

import org.jspecify.annotations.NullMarked;
