package io.querytrail.audit.ledger;

import io.querytrail.audit.ledger.LedgerFact.Change;
import io.querytrail.audit.money.Money;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether an amount may be posted to a budget. What is held stays as it is; what is settled never
 * goes below nothing, and a posting never takes a hard budget above its limit: more room is given
 * by a policy, and then the bill can be posted.
 */
sealed interface Posting {
  record Possible(boolean reset, Change change) implements Posting {}

  record Impossible(String why) implements Posting {}

  static Posting of(LedgerCommand.Adjust command, AccountState account, LedgerView view) {
    BudgetTarget target = command.target();
    if (account.policy().isEmpty()) {
      return new Impossible("account " + account.account() + " has no policy");
    }
    Policy policy = account.policy().get();
    String scopeKey =
        target.scope() == BudgetScope.ACCOUNT ? account.account().value() : target.scopeKey();
    if (scopeKey.equals(BudgetRule.EACH)) {
      return new Impossible("'*' is no budget of its own; name whose it is");
    }
    Period now = Period.of(target.period(), command.order().at(), policy.zone());
    BudgetKey key =
        new BudgetKey(
            account.account(),
            target.scope(),
            scopeKey,
            target.period(),
            target.periodName().orElse(now.name()));
    Optional<BudgetRule> rule = policy.budget(key);
    Optional<Balance> known = view.balance(key);
    if (known.isEmpty() && (rule.isEmpty() || !key.periodName().equals(now.name()))) {
      return new Impossible(
          "there is no budget %s in %s; budget show lists what there is"
              .formatted(name(key), key.periodName()));
    }
    Balance opened = known.orElseGet(() -> Balance.opened(key, rule.orElseThrow(), now));
    Balance balance = rule.map(found -> opened.under(found, view)).orElse(opened);
    return post(command.amount(), balance, policy.currency());
  }

  private static Posting post(Optional<Money> posted, Balance balance, String currency) {
    Money amount = posted.orElse(balance.settled().negated());
    if (amount.equals(Money.ZERO)) {
      return new Impossible(
          posted.isPresent() ? "the amount is 0" : "nothing is settled in " + name(balance.key()));
    }
    if (balance.settled().plus(amount).isNegative()) {
      return new Impossible(
          "%s %s are settled in %s; taking away %s would leave less than nothing"
              .formatted(balance.settled(), currency, name(balance.key()), amount.negated()));
    }
    Balance after = balance.adjusted(amount);
    if (amount.isGreaterThan(Money.ZERO)
        && after.hard()
        && after.committed().isGreaterThan(after.limit())) {
      return new Impossible(
          "%s has %s %s settled and %s held; with %s more it would be above its limit of %s; raise the limit first"
              .formatted(
                  name(balance.key()),
                  balance.settled(),
                  currency,
                  balance.held(),
                  amount,
                  balance.limit()));
    }
    return new Possible(posted.isEmpty(), new Change(after, amount, Money.ZERO));
  }

  private static String name(BudgetKey key) {
    return "%s %s by %s"
        .formatted(
            key.scope().name().toLowerCase(Locale.ROOT),
            key.scopeKey(),
            key.periodKind().name().toLowerCase(Locale.ROOT));
  }
}
