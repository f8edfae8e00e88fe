/** Calls models that speak the wire format of OpenAI's chat completions. */
@NullMarked
package io.querytrail.generator.openai;

import org.jspecify.annotations.NullMarked;
