package io.querytrail.audit.state;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.Allowance;
import io.querytrail.audit.ledger.BudgetLedger;
import io.querytrail.audit.ledger.RequestId;
import io.querytrail.audit.ledger.RequestState;
import io.querytrail.audit.ledger.Retention;
import io.querytrail.audit.state.row.BalanceRow;
import io.querytrail.audit.state.row.CommandRow;
import io.querytrail.audit.state.row.RequestRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Goes round the store in small steps, takes out what is over, and counts what stays. Where it
 * stands is not kept: a restart begins a new round. Belongs to one task.
 */
public final class StoreSweep {
  /** Rows that one step looks at. */
  public static final int STEP_ROWS = 1_000;

  private static final Duration BETWEEN_ROUNDS = Duration.ofMinutes(10);
  private static final String FIRST = "";
  private static final String END = "\uFFFF";

  /** Rows of one kind, and their bytes, keys included. */
  public record Size(long rows, long bytes) {
    Size plus(long more) {
      return new Size(rows + 1, bytes + more);
    }
  }

  /**
   * What a step did.
   *
   * @param removed rows that it took out
   * @param sizes by kind of row, when the step ended a round; else empty
   */
  public record Step(int removed, Map<String, Size> sizes) {}

  private record Row(String key, byte[] value) {}

  private final KeyValueLedgerState.Rows rows;
  private final KeyValueLedgerState state;
  private final BudgetLedger ledger;
  private final Retention retention;
  private final RowCodec<BalanceRow> balances = new RowCodec<>(BalanceRow.class);
  private final RowCodec<CommandRow> commands = new RowCodec<>(CommandRow.class);
  private final RowCodec<RequestRow> requests = new RowCodec<>(RequestRow.class);
  private final Map<String, Size> sizes = new TreeMap<>();

  /** Rows of prices that no admission can be made by any more, which this round met. */
  private final List<Row> superseded = new ArrayList<>();

  /** Price versions of the requests that this round met. */
  private final Set<String> referred = new HashSet<>();

  private String next = FIRST;
  private Instant rest = Instant.MIN;

  /**
   * @param state on the same rows: whether a period may go depends on the account's policy
   * @param ledger knows which prices can still be used
   */
  public StoreSweep(
      KeyValueLedgerState.Rows rows,
      KeyValueLedgerState state,
      BudgetLedger ledger,
      Retention retention) {
    this.rows = rows;
    this.state = state;
    this.ledger = ledger;
    this.retention = retention;
  }

  /**
   * Looks at the next rows.
   *
   * @param now by the log's clock
   */
  public Step step(Instant now) {
    if (next.equals(FIRST) && now.isBefore(rest)) {
      return new Step(0, Map.of());
    }
    List<Row> seen = new ArrayList<>();
    rows.scan(
        next,
        END,
        (key, value) -> {
          seen.add(new Row(key, value));
          return seen.size() < STEP_ROWS;
        });
    int removed = 0;
    for (Row row : seen) {
      if (isOver(row, now)) {
        rows.delete(row.key());
        removed++;
      } else if (isSuperseded(row, now)) {
        superseded.add(row);
      } else {
        count(row);
      }
    }
    if (seen.size() == STEP_ROWS) {
      // The first key after the last that was seen.
      next = seen.getLast().key() + '\0';
      return new Step(removed, Map.of());
    }
    Step last = new Step(removed + sweepPrices(), Map.copyOf(sizes));
    sizes.clear();
    next = FIRST;
    rest = now.plus(BETWEEN_ROUNDS);
    return last;
  }

  /**
   * At the end of a round all requests were seen. None that came meanwhile can refer to prices that
   * were superseded long before.
   */
  private int sweepPrices() {
    int removed = 0;
    for (Row row : superseded) {
      if (referred.contains(priceVersion(row))) {
        count(row);
      } else {
        rows.delete(row.key());
        removed++;
      }
    }
    superseded.clear();
    referred.clear();
    return removed;
  }

  /** A table is referred to by each version that was made from it. */
  private boolean isSuperseded(Row row, Instant now) {
    String kind = row.key().substring(0, row.key().indexOf('|') + 1);
    return (kind.equals(StoreKeys.USED_PRICE + '|') || kind.equals(StoreKeys.APPLIED_PRICES + '|'))
        && ledger.isSuperseded(priceVersion(row), retention.oldest(now), state);
  }

  private static String priceVersion(Row row) {
    return row.key().split("\\|", 3)[1];
  }

  private boolean isOver(Row row, Instant now) {
    String[] key = row.key().split("\\|", 3);
    return switch (key[0]) {
      case StoreKeys.REQUEST -> {
        RequestState request =
            RowMapper.request(
                new AccountId(key[1]), new RequestId(key[2]), requests.read(row.value()));
        boolean over = retention.isOver(request, now);
        if (!over) {
          refer(request);
        }
        yield over;
      }
      case StoreKeys.COMMAND -> retention.isOver(commands.read(row.value()).getAnsweredAt(), now);
      case StoreKeys.BALANCE -> {
        AccountId account = new AccountId(key[1]);
        yield retention.isOver(
            RowMapper.balance(account, balances.read(row.value())),
            state.account(account).policy(),
            now);
      }
      default -> false;
    };
  }

  private void refer(RequestState request) {
    for (Allowance allowance : request.allowances()) {
      String version = allowance.admission().priceVersion();
      referred.add(version);
      referred.add(BudgetLedger.tableVersion(version));
    }
  }

  private void count(Row row) {
    String kind = row.key().substring(0, Math.max(0, row.key().indexOf('|')));
    sizes.merge(
        kind,
        new Size(1, row.key().length() + row.value().length),
        (sum, one) -> sum.plus(one.bytes()));
  }
}
