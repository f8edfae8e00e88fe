/** Proves that the embedded servers keep their data and never outlive their JVM. */
@NullMarked
package io.querytrail.embedded;

import org.jspecify.annotations.NullMarked;
