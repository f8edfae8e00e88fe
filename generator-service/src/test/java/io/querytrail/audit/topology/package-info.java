/** The stream's reading of events, for tests of what it is told. */
@NullMarked
package io.querytrail.audit.topology;

import org.jspecify.annotations.NullMarked;
