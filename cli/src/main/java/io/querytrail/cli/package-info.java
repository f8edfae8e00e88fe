/** The querytrail command: one class for each subcommand, and what they share. */
@NullMarked
package io.querytrail.cli;

import org.jspecify.annotations.NullMarked;
