package io.querytrail.audit.ledger;

import io.querytrail.audit.money.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the ledger knows of a request: it is open until its verdict, then closed for good. */
public sealed interface RequestState {
  AccountId account();

  RequestId id();

  String contentDigest();

  String user();

  /** Every admission of it, the newest last; none when it was refused. */
  List<Allowance> allowances();

  /** The same with one admission's money changed. */
  RequestState with(Allowance changed);

  /** The admission of that id. */
  default Optional<Allowance> allowance(String admissionId) {
    for (Allowance allowance : allowances()) {
      if (allowance.admission().id().equals(admissionId)) {
        return Optional.of(allowance);
      }
    }
    return Optional.empty();
  }

  /** What all its admissions were charged. */
  default Money cost() {
    Money cost = Money.ZERO;
    for (Allowance allowance : allowances()) {
      cost = cost.plus(allowance.cost());
    }
    return cost;
  }

  /** Whether that dispatch was paid. */
  default boolean knows(String nonce) {
    for (Allowance allowance : allowances()) {
      if (allowance.nonces().contains(nonce)) {
        return true;
      }
    }
    return false;
  }

  private static List<Allowance> replaced(List<Allowance> allowances, Allowance changed) {
    List<Allowance> replaced = new ArrayList<>(allowances);
    replaced.replaceAll(allowance ->
        allowance.admission().id().equals(changed.admission().id()) ? changed : allowance);
    return replaced;
  }

  /** Admitted, and waiting for its generation. */
  record Open(Request request, List<Allowance> allowances) implements RequestState {
    public Open {
      allowances = List.copyOf(allowances);
    }

    static Open admitted(Request request, Admission admission) {
      return new Open(request, List.of(Allowance.held(admission)));
    }

    @Override
    public AccountId account() {
      return request.account();
    }

    @Override
    public RequestId id() {
      return request.id();
    }

    @Override
    public String contentDigest() {
      return request.contentDigest();
    }

    @Override
    public String user() {
      return request.user();
    }

    /** The admission under which it is being answered. */
    public Admission admission() {
      return allowances.getLast().admission();
    }

    @Override
    public Open with(Allowance changed) {
      return new Open(request, replaced(allowances, changed));
    }

    Open readmitted(Admission admission) {
      List<Allowance> all = new ArrayList<>(allowances);
      all.add(Allowance.held(admission));
      return new Open(request, all);
    }

    Closed closed() {
      return new Closed(
          request.account(),
          request.id(),
          request.contentDigest(),
          request.user(),
          request.team(),
          allowances,
          request.requestedAt());
    }
  }

  /**
   * Has its verdict. Keeps what a later correction needs, without the texts. An admission may still
   * hold money: an earlier one was answered while it was under way.
   */
  record Closed(
      AccountId account,
      RequestId id,
      String contentDigest,
      String user,
      Optional<String> team,
      List<Allowance> allowances,
      Instant requestedAt)
      implements RequestState {
    public Closed {
      List<Allowance> kept = new ArrayList<>(allowances);
      kept.replaceAll(Allowance::withoutAttempts);
      allowances = List.copyOf(kept);
    }

    static Closed refused(Request request) {
      return new Closed(
          request.account(),
          request.id(),
          request.contentDigest(),
          request.user(),
          request.team(),
          List.of(),
          request.requestedAt());
    }

    @Override
    public Closed with(Allowance changed) {
      return new Closed(
          account, id, contentDigest, user, team, replaced(allowances, changed), requestedAt);
    }
  }
}
