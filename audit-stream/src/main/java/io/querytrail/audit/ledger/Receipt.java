package io.querytrail.audit.ledger;

import io.querytrail.audit.money.Money;

/** Why a budget refused: its state at the decision, and what was asked of it. */
public record Receipt(Balance balance, Money asked, String currency, long policyVersion) {}
