/** Where answers are kept: in this process, or in a server that several share. */
@NullMarked
package io.querytrail.generator.cachestore;

import org.jspecify.annotations.NullMarked;
