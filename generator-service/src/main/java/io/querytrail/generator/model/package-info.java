/** Calls of language models, whoever serves them: what is asked, what came back, what it used. */
@NullMarked
package io.querytrail.generator.model;

import org.jspecify.annotations.NullMarked;
