package io.querytrail.audit.state;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.RequestId;
import io.querytrail.audit.money.Money;

/** An admission that holds money. */
public record DueHold(
    AccountId account, RequestId request, String admission, Money held, String currency) {}
