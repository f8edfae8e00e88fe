package io.querytrail.audit.state;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.RequestId;
import io.querytrail.audit.ledger.Retention;
import io.querytrail.audit.state.row.BalanceRow;
import io.querytrail.audit.state.row.CommandRow;
import io.querytrail.audit.state.row.RequestRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
  private final Retention retention;
  private final RowCodec<BalanceRow> balances = new RowCodec<>(BalanceRow.class);
  private final RowCodec<CommandRow> commands = new RowCodec<>(CommandRow.class);
  private final RowCodec<RequestRow> requests = new RowCodec<>(RequestRow.class);
  private final Map<String, Size> sizes = new TreeMap<>();
  private String next = FIRST;
  private Instant rest = Instant.MIN;

  /**
   * @param state on the same rows: whether a period may go depends on the account's policy
   */
  public StoreSweep(KeyValueLedgerState.Rows rows, KeyValueLedgerState state, Retention retention) {
    this.rows = rows;
    this.state = state;
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
      } else {
        count(row);
      }
    }
    if (seen.size() == STEP_ROWS) {
      // The first key after the last that was seen.
      next = seen.getLast().key() + '\0';
      return new Step(removed, Map.of());
    }
    Step last = new Step(removed, Map.copyOf(sizes));
    sizes.clear();
    next = FIRST;
    rest = now.plus(BETWEEN_ROUNDS);
    return last;
  }

  private boolean isOver(Row row, Instant now) {
    String[] key = row.key().split("\\|", 3);
    return switch (key[0]) {
      case StoreKeys.REQUEST ->
          retention.isOver(
              RowMapper.request(
                  new AccountId(key[1]), new RequestId(key[2]), requests.read(row.value())),
              now);
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

  private void count(Row row) {
    String kind = row.key().substring(0, Math.max(0, row.key().indexOf('|')));
    sizes.merge(
        kind,
        new Size(1, row.key().length() + row.value().length),
        (sum, one) -> sum.plus(one.bytes()));
  }
}
