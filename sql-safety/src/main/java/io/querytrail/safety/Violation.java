package io.querytrail.safety;

import java.util.OptionalInt;

/**
 * A rule that a statement breaks.
 *
 * @param rule id of the rule, a name of {@link SafetyRule}
 * @param message for people; may quote names from the statement, never literals
 * @param position in the statement in characters, from 1 as PostgreSQL counts (a character outside
 *     the basic plane is one), or empty when the whole statement is meant
 */
public record Violation(String rule, Severity severity, String message, OptionalInt position) {}
