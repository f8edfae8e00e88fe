@NullMarked
package io.querytrail.safety;

import org.jspecify.annotations.NullMarked;
