/** Which of the allowed models a question goes to first, and why. */
@NullMarked
package io.querytrail.generator.routing;

import org.jspecify.annotations.NullMarked;
