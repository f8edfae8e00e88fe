/** Measurements of what the product promises about its speed. */
@NullMarked
package io.querytrail.benchmarks;

import org.jspecify.annotations.NullMarked;
