/** What is known of a target database, how it is kept, and which part of it a question needs. */
@NullMarked
package io.querytrail.generator.schema;

import org.jspecify.annotations.NullMarked;
