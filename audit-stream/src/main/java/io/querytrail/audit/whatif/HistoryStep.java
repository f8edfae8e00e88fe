package io.querytrail.audit.whatif;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.Attempt;
import io.querytrail.audit.ledger.BudgetKey;
import io.querytrail.audit.ledger.BudgetTarget;
import io.querytrail.audit.ledger.Order;
import io.querytrail.audit.ledger.Policy;
import io.querytrail.audit.ledger.Request;
import io.querytrail.audit.ledger.RequestId;
import io.querytrail.audit.money.Money;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One event of an account's ledger, as far as a replay needs it. */
public sealed interface HistoryStep {
  AccountId account();

  /** When it happened, by the log's clock. */
  Instant at();

  /** What it did to budgets. */
  default List<Booked> booked() {
    return List.of();
  }

  /** What an event did to one budget, and the budget after it. */
  record Booked(
      BudgetKey key,
      boolean hard,
      Money limit,
      Money rolledOver,
      Money adjusted,
      Money settledDelta,
      Money heldDelta,
      Money settled,
      Money held) {}

  /** A policy came into force. */
  record PolicyInForce(Policy policy, Instant at) implements HistoryStep {
    @Override
    public AccountId account() {
      return policy.account();
    }
  }

  /**
   * A request was admitted or turned away.
   *
   * @param refusal reason for programs; empty when it was admitted
   * @param defects what was wrong with the request itself
   * @param admissionId empty when it was refused
   * @param again whether it had been admitted before, under an admission that was lost
   */
  record Asked(
      Request request,
      Optional<String> refusal,
      List<String> defects,
      Optional<String> admissionId,
      boolean again,
      Instant at,
      List<Booked> booked)
      implements HistoryStep {
    public Asked {
      defects = List.copyOf(defects);
      booked = List.copyOf(booked);
    }

    @Override
    public AccountId account() {
      return request.account();
    }
  }

  /**
   * A dispatch was paid.
   *
   * @param ended whether it was the request's first outcome
   * @param amount charged, or for a later report the change of what is charged
   */
  record Paid(
      AccountId account,
      RequestId request,
      String admissionId,
      String nonce,
      List<Attempt> attempts,
      boolean ended,
      Money amount,
      Instant at,
      List<Booked> booked)
      implements HistoryStep {
    public Paid {
      attempts = List.copyOf(attempts);
      booked = List.copyOf(booked);
    }
  }

  /**
   * An admission was given up and charged whole.
   *
   * @param expired true when nothing was heard of it or a person cancelled it, false when its
   *     generator was lost
   */
  record Lost(
      AccountId account,
      RequestId request,
      String admissionId,
      boolean expired,
      Money amount,
      Instant at,
      List<Booked> booked)
      implements HistoryStep {
    public Lost {
      booked = List.copyOf(booked);
    }
  }

  /**
   * A person posted an amount to a budget.
   *
   * @param amount empty when the budget was set back to nothing
   */
  record Posted(Order order, BudgetTarget target, Optional<Money> amount, List<Booked> booked)
      implements HistoryStep {
    public Posted {
      booked = List.copyOf(booked);
    }

    @Override
    public AccountId account() {
      return order.account();
    }

    @Override
    public Instant at() {
      return order.at();
    }
  }
}
