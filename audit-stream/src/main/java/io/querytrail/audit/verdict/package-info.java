/** What is asked of the safety check, and what it answers. */
@NullMarked
package io.querytrail.audit.verdict;

import org.jspecify.annotations.NullMarked;
