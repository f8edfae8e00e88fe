package io.querytrail.audit.ledger;

import io.querytrail.audit.money.ModelPrice;

/**
 * A price that requests were admitted by. It stays in the state when its table is long gone, so
 * that what was admitted by it is charged by it.
 *
 * @param version as the admission names it
 */
public record UsedPrice(String version, String provider, String model, ModelPrice price) {}
