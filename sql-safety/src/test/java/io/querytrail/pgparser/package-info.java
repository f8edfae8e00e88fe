/** The parser as it is built, against the file that it is built from. */
@org.jspecify.annotations.NullMarked
package io.querytrail.pgparser;
