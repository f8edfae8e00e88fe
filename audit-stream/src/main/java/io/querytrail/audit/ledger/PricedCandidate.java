package io.querytrail.audit.ledger;

import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.Money;

/**
 * A model that may serve, and what that can cost.
 *
 * @param sendCeiling the most that one send to it can cost
 */
public record PricedCandidate(Candidate candidate, ModelPrice price, Money sendCeiling) {}
