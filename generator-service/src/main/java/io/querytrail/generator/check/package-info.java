/** Whether a statement stands before the rules and before the planner of its database. */
@NullMarked
package io.querytrail.generator.check;

import org.jspecify.annotations.NullMarked;
