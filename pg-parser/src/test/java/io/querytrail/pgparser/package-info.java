@NullMarked
package io.querytrail.pgparser;

import org.jspecify.annotations.NullMarked;
