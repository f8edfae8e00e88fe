package io.querytrail.audit.state;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.AccountState;
import io.querytrail.audit.ledger.Admission;
import io.querytrail.audit.ledger.Allowance;
import io.querytrail.audit.ledger.Balance;
import io.querytrail.audit.ledger.BudgetKey;
import io.querytrail.audit.ledger.LedgerState;
import io.querytrail.audit.ledger.Order;
import io.querytrail.audit.ledger.Period;
import io.querytrail.audit.ledger.Policy;
import io.querytrail.audit.ledger.RateKey;
import io.querytrail.audit.ledger.RateWindow;
import io.querytrail.audit.ledger.RequestId;
import io.querytrail.audit.ledger.RequestState;
import io.querytrail.audit.ledger.UsedPrice;
import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.PriceBook;
import io.querytrail.audit.state.row.AccountRow;
import io.querytrail.audit.state.row.BalanceRow;
import io.querytrail.audit.state.row.ChainRow;
import io.querytrail.audit.state.row.CommandRow;
import io.querytrail.audit.state.row.DueRow;
import io.querytrail.audit.state.row.RateRow;
import io.querytrail.audit.state.row.RequestRow;
import io.querytrail.audit.state.row.UsedPriceRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The ledger's state on a key-value store. Belongs to one task: not safe for use by several
 * threads, and only as long lived as the store it was given.
 */
public final class KeyValueLedgerState implements LedgerState {
  /** The store's few operations. */
  public interface Rows {
    byte @Nullable [] get(String key);

    void put(String key, byte[] value);

    void delete(String key);

    /** Shows rows of at least {@code from} and below {@code to}, in the order of their keys. */
    void scan(String from, String to, Visitor visitor);

    /** Sees one row after the other; must not change any. */
    interface Visitor {
      /** False ends the scan. */
      boolean visit(String key, byte[] value);
    }
  }

  /** An account's chain so far. */
  public record ChainHead(long sequence, String hash) {}

  /** A policy and the bytes it was read from. */
  private record CachedPolicy(byte[] row, Policy policy) {}

  private static final int MAX_CACHED_POLICIES = 1_000;
  private static final int MAX_CACHED_PRICES = 1_000;

  private final Rows rows;
  private final Function<byte[], Policy> readPolicy;
  private final Map<AccountId, CachedPolicy> policies = new HashMap<>();
  private final RowCodec<AccountRow> accounts = new RowCodec<>(AccountRow.class);
  private final RowCodec<ChainRow> chains = new RowCodec<>(ChainRow.class);
  private final RowCodec<BalanceRow> balances = new RowCodec<>(BalanceRow.class);
  private final RowCodec<CommandRow> commands = new RowCodec<>(CommandRow.class);
  private final RowCodec<RateRow> windows = new RowCodec<>(RateRow.class);
  private final RowCodec<DueRow> dues = new RowCodec<>(DueRow.class);
  private final RowCodec<RequestRow> requests = new RowCodec<>(RequestRow.class);
  private final RowCodec<UsedPriceRow> prices = new RowCodec<>(UsedPriceRow.class);
  private final Map<String, ModelPrice> usedPrices = new HashMap<>();
  private final AppliedPrices appliedPrices;

  /**
   * @param readPolicy reads a policy event that was accepted before
   * @param tables reads price tables
   */
  public KeyValueLedgerState(Rows rows, Function<byte[], Policy> readPolicy, PriceTables tables) {
    this.rows = rows;
    this.readPolicy = readPolicy;
    this.appliedPrices = new AppliedPrices(rows, tables);
  }

  @Override
  public AccountState account(AccountId id) {
    byte[] row = rows.get(StoreKeys.account(id));
    long sequence = row == null ? 0 : accounts.read(row).getSequence();
    return new AccountState(id, policy(id), sequence);
  }

  /**
   * The store is asked each time, since another processor of the task may have changed it; only
   * reading the bytes anew is saved.
   */
  private Optional<Policy> policy(AccountId id) {
    byte[] row = rows.get(StoreKeys.policy(id));
    if (row == null) {
      return Optional.empty();
    }
    CachedPolicy cached = policies.get(id);
    if (cached == null || !Arrays.equals(cached.row(), row)) {
      cached = new CachedPolicy(row, readPolicy.apply(row));
      if (policies.size() >= MAX_CACHED_POLICIES) {
        policies.clear();
      }
      policies.put(id, cached);
    }
    return Optional.of(cached.policy());
  }

  /** Keeps a policy and the event it came in, ahead of the fact that puts it in force. */
  public void putPolicy(Policy policy, byte[] event) {
    rows.put(StoreKeys.policy(policy.account()), event);
  }

  @Override
  public Optional<Balance> balance(BudgetKey key) {
    return Optional.ofNullable(rows.get(StoreKeys.balance(key)))
        .map(row -> RowMapper.balance(key.account(), balances.read(row)));
  }

  @Override
  public PriceBook appliedPrices() {
    return appliedPrices.book();
  }

  /**
   * Takes a price table that may go before those that came with the product.
   *
   * @return what speaks against it; empty when it was taken, now or before
   * @throws IllegalArgumentException when the content cannot be read
   */
  public Optional<String> applyPrices(String version, String content) {
    return appliedPrices.add(version, content);
  }

  /**
   * A price is never changed, and removed only when nothing can ask for it, so one that was read
   * once need not be read again.
   */
  @Override
  public Optional<ModelPrice> usedPrice(String version, String provider, String model) {
    String key = StoreKeys.usedPrice(version, provider, model);
    ModelPrice known = usedPrices.get(key);
    if (known == null) {
      byte[] row = rows.get(key);
      if (row == null) {
        return Optional.empty();
      }
      known = PriceRows.price(prices.read(row));
      if (usedPrices.size() >= MAX_CACHED_PRICES) {
        usedPrices.clear();
      }
      usedPrices.put(key, known);
    }
    return Optional.of(known);
  }

  @Override
  public List<Balance> balances(AccountId account, Period.Kind kind, String periodName) {
    String prefix = StoreKeys.balances(account, kind, periodName);
    List<Balance> found = new ArrayList<>();
    rows.scan(
        prefix,
        StoreKeys.endOf(prefix),
        (key, row) -> {
          found.add(RowMapper.balance(account, balances.read(row)));
          return true;
        });
    return found;
  }

  @Override
  public Optional<RequestState> request(AccountId account, RequestId id) {
    return Optional.ofNullable(rows.get(StoreKeys.request(account, id)))
        .map(row -> RowMapper.request(account, id, requests.read(row)));
  }

  @Override
  public boolean answered(AccountId account, String commandId) {
    return rows.get(StoreKeys.command(account, commandId)) != null;
  }

  @Override
  public Optional<RateWindow> window(RateKey key) {
    return Optional.ofNullable(rows.get(StoreKeys.window(key)))
        .map(row -> RowMapper.window(key, windows.read(row)));
  }

  /**
   * Forgets the windows of rate limits in which nothing happened lately.
   *
   * @param now no append time of a later record may be before it by more than a minute
   */
  public void forgetIdleWindows(Instant now) {
    List<String> idle = new ArrayList<>();
    rows.scan(
        StoreKeys.WINDOWS,
        StoreKeys.endOf(StoreKeys.WINDOWS),
        (key, row) -> {
          if (RowMapper.window(StoreKeys.window(key), windows.read(row)).isIdle(now)) {
            idle.add(key);
          }
          return true;
        });
    idle.forEach(rows::delete);
  }

  /** The account's audit chain; sequence 0 and an empty hash before its first record. */
  public ChainHead chain(AccountId account) {
    byte[] row = rows.get(StoreKeys.chain(account));
    if (row == null) {
      return new ChainHead(0, "");
    }
    ChainRow chain = chains.read(row);
    return new ChainHead(chain.getSequence(), chain.getHash());
  }

  @Override
  public void put(AccountState account) {
    if (!policy(account.account()).equals(account.policy())) {
      throw new IllegalStateException("the policy of " + account.account() + " was not put first");
    }
    rows.put(
        StoreKeys.account(account.account()), accounts.write(new AccountRow(account.sequence())));
  }

  @Override
  public void put(Balance balance) {
    rows.put(StoreKeys.balance(balance.key()), balances.write(RowMapper.row(balance)));
  }

  @Override
  public void put(RequestState request) {
    rows.put(
        StoreKeys.request(request.account(), request.id()), requests.write(RowMapper.row(request)));
    for (Allowance allowance : request.allowances()) {
      Admission admission = allowance.admission();
      String key = StoreKeys.due(request.account(), admission);
      if (allowance.isHeld()) {
        rows.put(
            key,
            dues.write(
                new DueRow(
                    request.id().value(),
                    admission.id(),
                    admission.held().amount(),
                    admission.currency())));
      } else {
        rows.delete(key);
      }
    }
  }

  /**
   * Admissions that hold money, the earliest deadline first.
   *
   * @param before the deadlines are earlier than that
   * @param limit at most so many
   */
  public List<DueHold> due(Instant before, int limit) {
    List<DueHold> due = new ArrayList<>();
    rows.scan(
        StoreKeys.DUE,
        StoreKeys.dueFrom(before),
        (key, bytes) -> {
          DueRow row = dues.read(bytes);
          due.add(
              new DueHold(
                  StoreKeys.dueAccount(key),
                  new RequestId(row.getRequestId()),
                  row.getAdmissionId(),
                  new Money(row.getHeld()),
                  row.getCurrency()));
          return due.size() < limit;
        });
    return due;
  }

  @Override
  public void put(Order answered) {
    rows.put(
        StoreKeys.command(answered.account(), answered.id()),
        commands.write(new CommandRow(answered.at())));
  }

  @Override
  public void put(RateWindow window) {
    rows.put(StoreKeys.window(window.key()), windows.write(RowMapper.row(window)));
  }

  @Override
  public void put(UsedPrice used) {
    rows.put(
        StoreKeys.usedPrice(used.version(), used.provider(), used.model()),
        prices.write(PriceRows.row(used.price())));
  }

  public void putChain(AccountId account, ChainHead head) {
    rows.put(StoreKeys.chain(account), chains.write(new ChainRow(head.sequence(), head.hash())));
  }
}
