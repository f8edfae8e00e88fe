/** The safety check as the generator uses it, before a database plans a statement. */
@NullMarked
package io.querytrail.generator.safety;

import org.jspecify.annotations.NullMarked;
