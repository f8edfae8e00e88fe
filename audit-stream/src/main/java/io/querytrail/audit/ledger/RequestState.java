package io.querytrail.audit.ledger;

import io.querytrail.audit.money.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the ledger knows of a request: it is open while it holds money, then closed for good. */
public sealed interface RequestState {
  AccountId account();

  RequestId id();

  String contentDigest();

  /** Admitted, and waiting for its generation. */
  record Open(Request request, Admission admission) implements RequestState {
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

    Closed settled(String nonce, Money cost) {
      return new Closed(
          request.account(),
          request.id(),
          request.contentDigest(),
          request.user(),
          request.team(),
          Optional.of(admission),
          cost,
          List.of(nonce),
          request.requestedAt());
    }
  }

  /**
   * Has its verdict. Keeps what a later correction needs, without the texts.
   *
   * @param admission empty when it was refused at admission
   * @param nonces dispatches that were paid, the newest last
   */
  record Closed(
      AccountId account,
      RequestId id,
      String contentDigest,
      String user,
      Optional<String> team,
      Optional<Admission> admission,
      Money cost,
      List<String> nonces,
      Instant requestedAt)
      implements RequestState {
    /** A request is dispatched a handful of times at the very worst. */
    private static final int MAX_NONCES = 32;

    public Closed {
      nonces = List.copyOf(nonces);
    }

    static Closed refused(Request request) {
      return new Closed(
          request.account(),
          request.id(),
          request.contentDigest(),
          request.user(),
          request.team(),
          Optional.empty(),
          Money.ZERO,
          List.of(),
          request.requestedAt());
    }

    Closed corrected(String nonce, Money delta) {
      List<String> all = new ArrayList<>(nonces);
      all.add(nonce);
      return new Closed(
          account,
          id,
          contentDigest,
          user,
          team,
          admission,
          cost.plus(delta),
          all.subList(Math.max(0, all.size() - MAX_NONCES), all.size()),
          requestedAt);
    }
  }
}
