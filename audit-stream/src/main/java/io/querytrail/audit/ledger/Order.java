package io.querytrail.audit.ledger;

import java.time.Instant;

/**
 * A person's command, as it is kept.
 *
 * @param id unique within the account; the same again is a repetition
 * @param by who gave it
 * @param reason in their words
 * @param at append time
 */
public record Order(AccountId account, String id, String by, String reason, Instant at) {}
