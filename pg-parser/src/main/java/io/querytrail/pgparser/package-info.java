/** PostgreSQL's own parser: SQL text in, parse tree or error position out. */
@NullMarked
package io.querytrail.pgparser;

import org.jspecify.annotations.NullMarked;
