/** Proves that every shop is the same and that the model server keeps to the wire format. */
@NullMarked
package io.querytrail.demo;

import org.jspecify.annotations.NullMarked;
