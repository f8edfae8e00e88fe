package io.querytrail.audit.topology;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.AccountState;
import io.querytrail.audit.ledger.AdmitResponse;
import io.querytrail.audit.ledger.Balance;
import io.querytrail.audit.ledger.BudgetKey;
import io.querytrail.audit.ledger.BudgetLedger;
import io.querytrail.audit.ledger.Decision;
import io.querytrail.audit.ledger.LedgerCommand;
import io.querytrail.audit.ledger.LedgerFact;
import io.querytrail.audit.ledger.Policy;
import io.querytrail.audit.ledger.Request;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.whatif.MemoryLedgerState;
import io.querytrail.events.AccountPolicy;
import io.querytrail.events.BudgetBalance;
import io.querytrail.events.BudgetKind;
import io.querytrail.events.QueryAdmitted;
import io.querytrail.events.QueryRequested;
import io.querytrail.schemas.RequestRules;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What admission would say to a request, by the code that decides live. Rate limits are not looked
 * at: their windows are known to the stream alone.
 */
public final class DryRun {
  private DryRun() {}

  /** What admission would say. */
  public sealed interface Answer {
    /**
     * It would go to a model.
     *
     * @param ceilings in the order of the admission's candidates
     */
    record Admitted(QueryAdmitted admission, List<Ceiling> ceilings) implements Answer {}

    /** It would end here; {@code reason} is for programs, {@code message} for people. */
    record Refused(String reason, String message) implements Answer {}
  }

  /** The most that one send to a model can cost, in the currency of the admission. */
  public record Ceiling(String provider, String model, BigDecimal amount) {}

  /**
   * Decides about the request without a trace of it anywhere.
   *
   * @param policy in force; empty where the account has none
   * @param balances of the account's budgets, as the topic has them
   * @param applied price tables that were applied at run time
   */
  public static Answer of(
      QueryRequested event,
      Optional<AccountPolicy> policy,
      Collection<BudgetBalance> balances,
      BudgetLedger ledger,
      PriceBook applied,
      Instant at) {
    Request request = InboundMapper.request(event, at, 0, 0, Optional.empty());
    MemoryLedgerState state = new MemoryLedgerState(request.account(), applied);
    Optional<Policy> known = policy.map(InboundMapper::policy);
    state.put(new AccountState(request.account(), known, 0));
    balances.stream().map(DryRun::balance).forEach(state::put);
    Decision<AdmitResponse> decision =
        ledger.decide(new LedgerCommand.Admit(request, RequestRules.violations(event)), state);
    return switch (decision.response()) {
      case AdmitResponse.Admitted admitted ->
          new Answer.Admitted(
              OutboundMapper.admitted(
                  request,
                  admitted.admission(),
                  admitted.datasource(),
                  known.orElseThrow().routing()),
              ceilings(decision.facts()));
      case AdmitResponse.Refused refused ->
          new Answer.Refused(refused.refusal().reason().name(), refused.refusal().message());
      case AdmitResponse.Repeated() ->
          throw new IllegalStateException("an empty ledger knows a request");
      case AdmitResponse.Conflicting() ->
          throw new IllegalStateException("an empty ledger knows a request");
    };
  }

  private static List<Ceiling> ceilings(List<LedgerFact> facts) {
    return facts.stream()
        .filter(LedgerFact.Held.class::isInstance)
        .map(LedgerFact.Held.class::cast)
        .flatMap(held -> held.terms().candidates().stream())
        .map(priced ->
            new Ceiling(
                priced.candidate().provider(),
                priced.candidate().model(),
                priced.sendCeiling().amount()))
        .toList();
  }

  private static Balance balance(BudgetBalance event) {
    return new Balance(
        new BudgetKey(
            new AccountId(event.getAccount()),
            InboundMapper.scope(event.getScope()),
            event.getScopeKey(),
            InboundMapper.period(event.getPeriod()),
            event.getPeriodName()),
        Optional.ofNullable(event.getPeriodStart()),
        Optional.ofNullable(event.getPeriodEnd()),
        event.getKind() == BudgetKind.HARD,
        new Money(event.getLimit()),
        new Money(event.getRolledOver()),
        new Money(event.getSettled()),
        new Money(event.getAdjusted()),
        new Money(event.getHeld()),
        event.getOpenHolds(),
        Set.copyOf(event.getAlerted()));
  }
}
