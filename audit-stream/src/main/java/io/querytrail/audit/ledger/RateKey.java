package io.querytrail.audit.ledger;

import java.util.Optional;

/**
 * Whose speed is counted.
 *
 * @param user empty for the account as a whole
 */
public record RateKey(AccountId account, Optional<String> user) {}
