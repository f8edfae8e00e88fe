package io.querytrail.audit.ledger;

import io.querytrail.audit.money.Money;
import java.util.List;
import java.util.Optional;

/** What happened: applied to the state and written to the ledger topic, in this order. */
public sealed interface LedgerFact {
  AccountId account();

  /** Number in the account's ledger, from 1, without gaps. */
  long sequence();

  /** What a fact did to one budget; the balance is the one after it. */
  record Change(Balance after, Money settledDelta, Money heldDelta) {
    /** Whether more is spent or put aside than before. */
    boolean raises() {
      return settledDelta.plus(heldDelta).isGreaterThan(Money.ZERO);
    }
  }

  /**
   * A dispatch and all that it paid for.
   *
   * @param delta by which it changes what the request cost
   * @param released whether the admission's hold ended with it
   */
  record Dispatch(String nonce, List<PaidAttempt> attempts, Money delta, boolean released) {
    public Dispatch {
      attempts = List.copyOf(attempts);
    }
  }

  /** Money was put aside for a request. */
  record Held(
      long sequence,
      RequestState.Open request,
      Terms terms,
      List<Change> changes,
      List<RateWindow> windows)
      implements LedgerFact {
    @Override
    public AccountId account() {
      return request.account();
    }
  }

  /** A request was turned away; nothing is held. */
  record Refused(long sequence, Request request, Refusal refusal) implements LedgerFact {
    @Override
    public AccountId account() {
      return request.account();
    }
  }

  /**
   * The request's first outcome was paid and the rest of the admission's hold given back.
   *
   * @param cost of this admission
   */
  record Settled(
      long sequence,
      RequestState.Closed request,
      Admission admission,
      Dispatch dispatch,
      Money cost,
      List<Change> changes,
      List<RateWindow> windows)
      implements LedgerFact {
    @Override
    public AccountId account() {
      return request.account();
    }
  }

  /**
   * An admission was given up and its hold charged whole, until a report says better.
   *
   * @param expired true when nothing was heard of it in time, false when its generator was lost
   * @param attempts what is assumed to have been spent
   */
  record Assumed(
      long sequence,
      RequestState request,
      Admission admission,
      boolean expired,
      List<PaidAttempt> attempts,
      List<Change> changes,
      List<RateWindow> windows)
      implements LedgerFact {
    @Override
    public AccountId account() {
      return request.account();
    }
  }

  /** Money became known that is not the request's first outcome. */
  record Corrected(
      long sequence,
      RequestState request,
      Admission admission,
      Dispatch dispatch,
      Money delta,
      List<Change> changes,
      List<RateWindow> windows)
      implements LedgerFact {
    @Override
    public AccountId account() {
      return request.account();
    }
  }

  /**
   * Spending reached thresholds of a budget for the first time in its period.
   *
   * @param cause the request whose settlement did; empty for a posting
   */
  record ThresholdsReached(
      long sequence, Optional<RequestId> cause, Balance after, List<Integer> percents)
      implements LedgerFact {
    @Override
    public AccountId account() {
      return after.key().account();
    }
  }

  /**
   * A hard budget went above its limit, or further above it: more was used than was held for it. A
   * budget whose limit was lowered below what is spent is none.
   */
  record Breached(long sequence, RequestId cause, Balance balance) implements LedgerFact {
    @Override
    public AccountId account() {
      return balance.key().account();
    }
  }

  /**
   * A person ended a request that waited. Whether a model was called for it is not known, so its
   * hold is charged whole until a report says better.
   */
  record Cancelled(
      long sequence,
      Order order,
      RequestState.Closed request,
      Admission admission,
      List<PaidAttempt> attempts,
      List<Change> changes,
      List<RateWindow> windows)
      implements LedgerFact {
    @Override
    public AccountId account() {
      return request.account();
    }
  }

  /** A person posted an amount to one budget, or set it back to nothing. */
  record Adjusted(long sequence, Order order, boolean reset, Change change) implements LedgerFact {
    @Override
    public AccountId account() {
      return order.account();
    }
  }

  /** A person's command could not be done. */
  record OrderRefused(long sequence, Order order, String why) implements LedgerFact {
    @Override
    public AccountId account() {
      return order.account();
    }
  }

  /**
   * A policy is in force.
   *
   * @param changes present budgets whose limit or kind it changed, that it dropped or brought back;
   *     no money moved
   */
  record PolicyApplied(long sequence, Policy policy, List<Change> changes) implements LedgerFact {
    @Override
    public AccountId account() {
      return policy.account();
    }
  }

  record PolicyRefused(long sequence, AccountId account, long version, String reason)
      implements LedgerFact {}
}
