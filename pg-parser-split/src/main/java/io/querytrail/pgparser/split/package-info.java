/**
 * A build step: takes WebAssembly functions too large for the JVM's compiler apart into small ones.
 */
@NullMarked
package io.querytrail.pgparser.split;

import org.jspecify.annotations.NullMarked;
