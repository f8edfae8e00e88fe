/** A sample shop to ask questions about, and a model server that answers them on loopback. */
@NullMarked
package io.querytrail.demo;

import org.jspecify.annotations.NullMarked;
