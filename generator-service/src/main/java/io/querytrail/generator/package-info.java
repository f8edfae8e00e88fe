/** The generator service: configuration, composition root and process. */
@NullMarked
package io.querytrail.generator;

import org.jspecify.annotations.NullMarked;
