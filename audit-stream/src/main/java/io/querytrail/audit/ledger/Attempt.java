package io.querytrail.audit.ledger;

import io.querytrail.audit.money.TokenCounts;
import java.util.Optional;

/**
 * One model call as the ledger prices it.
 *
 * @param sent false only when it is certain that nothing left
 * @param usage empty when the provider did not report it, or reported nonsense
 */
public record Attempt(String provider, String model, boolean sent, Optional<TokenCounts> usage) {}
