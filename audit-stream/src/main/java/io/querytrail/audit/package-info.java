/** The audit stream as a service: its configuration, its composition and its process. */
@NullMarked
package io.querytrail.audit;

import org.jspecify.annotations.NullMarked;
