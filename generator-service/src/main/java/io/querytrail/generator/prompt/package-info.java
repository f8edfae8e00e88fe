/** Turns an admission and a schema into the messages that a model is sent, within its ceiling. */
@NullMarked
package io.querytrail.generator.prompt;

import org.jspecify.annotations.NullMarked;
