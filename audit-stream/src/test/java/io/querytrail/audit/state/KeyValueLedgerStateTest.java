package io.querytrail.audit.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.querytrail.audit.ledger.AccountId;
import io.querytrail.audit.ledger.AccountState;
import io.querytrail.audit.ledger.Admission;
import io.querytrail.audit.ledger.Allowance;
import io.querytrail.audit.ledger.Attempt;
import io.querytrail.audit.ledger.Balance;
import io.querytrail.audit.ledger.BudgetKey;
import io.querytrail.audit.ledger.BudgetScope;
import io.querytrail.audit.ledger.Candidate;
import io.querytrail.audit.ledger.Charge;
import io.querytrail.audit.ledger.Hold;
import io.querytrail.audit.ledger.Order;
import io.querytrail.audit.ledger.PaidAttempt;
import io.querytrail.audit.ledger.Period;
import io.querytrail.audit.ledger.Policy;
import io.querytrail.audit.ledger.PolicyBuilder;
import io.querytrail.audit.ledger.RateKey;
import io.querytrail.audit.ledger.RateWindow;
import io.querytrail.audit.ledger.Request;
import io.querytrail.audit.ledger.RequestId;
import io.querytrail.audit.ledger.RequestState;
import io.querytrail.audit.ledger.Requester;
import io.querytrail.audit.ledger.UsedPrice;
import io.querytrail.audit.money.ClassPrices;
import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.Money;
import io.querytrail.audit.money.PriceTable;
import io.querytrail.audit.money.TokenCounts;
import io.querytrail.audit.state.KeyValueLedgerState.ChainHead;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeyValueLedgerStateTest {
  private static final AccountId ACME = new AccountId("acme");
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final BudgetKey MONTH =
      new BudgetKey(ACME, BudgetScope.USER, "a|b c", Period.Kind.MONTH, "2026-11");

  private static final class MapRows implements KeyValueLedgerState.Rows {
    private final TreeMap<String, byte[]> rows = new TreeMap<>();

    @Override
    public byte @Nullable [] get(String key) {
      return rows.get(key);
    }

    @Override
    public void put(String key, byte[] value) {
      rows.put(key, value);
    }

    @Override
    public void delete(String key) {
      rows.remove(key);
    }

    @Override
    public void scan(String from, String to, Visitor visitor) {
      for (Map.Entry<String, byte[]> row : rows.subMap(from, to).entrySet()) {
        if (!visitor.visit(row.getKey(), row.getValue())) {
          return;
        }
      }
    }
  }

  private final MapRows rows = new MapRows();
  private final KeyValueLedgerState state = state();

  @Test
  void whatNobodyHasHeardOfIsEmpty() {
    assertThat(state.account(ACME)).isEqualTo(new AccountState(ACME, Optional.empty(), 0));
    assertThat(state.balance(MONTH)).isEmpty();
    assertThat(state.request(ACME, new RequestId("r-1"))).isEmpty();
    assertThat(state.chain(ACME)).isEqualTo(new ChainHead(0, ""));
  }

  @Test
  void balancesComeBackAsTheyWere() {
    Balance full =
        new Balance(
            MONTH,
            Optional.of(NOON),
            Optional.of(NOON.plusSeconds(1)),
            true,
            Money.of("9999999999999999.999999999999"),
            Money.of("4"),
            Money.of("0.000000000001"),
            Money.of("-1"),
            Money.of("2"),
            3,
            Set.of(50, 90));
    Balance total =
        new Balance(
            new BudgetKey(ACME, BudgetScope.ACCOUNT, "acme", Period.Kind.TOTAL, "total"),
            Optional.empty(),
            Optional.empty(),
            false,
            Money.ZERO,
            Money.ZERO,
            Money.ZERO,
            Money.ZERO,
            Money.ZERO,
            0,
            Set.of());

    state.put(full);
    state.put(total);

    assertThat(state().balance(full.key())).contains(full);
    assertThat(state().balance(total.key())).contains(total);
  }

  @Test
  void commandsThatWereAnsweredAreRemembered() {
    state.put(new Order(ACME, "c-1", "ann", "a credit note", NOON));

    assertThat(state().answered(ACME, "c-1")).isTrue();
    assertThat(state().answered(ACME, "c-2")).isFalse();
    assertThat(state().answered(new AccountId("other"), "c-1")).isFalse();
  }

  @Test
  void requestsComeBackAsTheyWere() {
    RequestState.Open open =
        new RequestState.Open(
            request("r-1", Optional.of("sales")), List.of(assumed(), held(admission(2))));
    RequestState.Closed closed =
        new RequestState.Closed(
            ACME,
            new RequestId("r-2"),
            "digest",
            "ada",
            Optional.empty(),
            List.of(
                new Allowance(
                    admission(1),
                    Allowance.Status.REPORTED,
                    Money.of("0.5"),
                    List.of("n-1", "n-2"),
                    List.of())),
            NOON);
    RequestState.Closed refused =
        new RequestState.Closed(
            ACME, new RequestId("r-3"), "digest", "ada", Optional.of("sales"), List.of(), NOON);

    for (RequestState request : List.of(open, closed, refused)) {
      state.put(request);

      assertThat(state().request(ACME, request.id())).contains(request);
    }
  }

  @Test
  void admissionsThatHoldMoneyAreFoundByTheirDeadline() {
    // Given
    state.put(
        new RequestState.Open(
            request("r-1", Optional.of("sales")), List.of(assumed(), held(admission(2)))));
    Instant deadline = NOON.plusSeconds(120);

    // When / Then
    assertThat(state.due(deadline, 10)).isEmpty();
    assertThat(state.due(deadline.plusMillis(1), 10))
        .containsExactly(
            new DueHold(ACME, new RequestId("r-1"), "r-1#2", Money.of("0.0045"), "USD"));
    state.put(
        new RequestState.Closed(
            ACME,
            new RequestId("r-1"),
            "digest",
            "ada",
            Optional.empty(),
            List.of(
                new Allowance(
                    admission(2), Allowance.Status.REPORTED, Money.ZERO, List.of("n"), List.of())),
            NOON));
    assertThat(state.due(deadline.plusMillis(1), 10)).isEmpty();
  }

  @Test
  void windowsComeBackAsTheyWereUntilTheyAreIdle() {
    // Given
    RateWindow account =
        new RateWindow(
            new RateKey(ACME, Optional.empty()),
            List.of(
                new RateWindow.Second(NOON.getEpochSecond() - 1, 2, 3),
                new RateWindow.Second(NOON.getEpochSecond(), 4, 5_000_000_000L)),
            0);
    RateWindow user = new RateWindow(new RateKey(ACME, Optional.of("a|b")), account.seconds(), 1);
    state.put(account);
    state.put(user);

    // When / Then
    state.forgetIdleWindows(NOON.plusSeconds(59));
    assertThat(state().window(account.key())).contains(account);
    assertThat(state().window(user.key())).contains(user);
    state.forgetIdleWindows(NOON.plusSeconds(60));
    assertThat(state().window(account.key())).isEmpty();
    assertThat(state().window(user.key())).as("one is in flight").contains(user);
  }

  @Test
  void chainAndSequenceComeBackAsTheyWere() {
    state.putChain(ACME, new ChainHead(7, "abc"));
    state.put(new AccountState(ACME, Optional.empty(), 42));

    assertThat(state().chain(ACME)).isEqualTo(new ChainHead(7, "abc"));
    assertThat(state().account(ACME).sequence()).isEqualTo(42);
  }

  @Test
  void policyThatAnotherProcessorOfTheTaskPutIsSeenAtOnce() {
    // Given two views of one store, as admission and policy have them
    KeyValueLedgerState other = state();
    assertThat(state.account(ACME).policy()).isEmpty();

    // When / Then
    for (long version = 1; version <= 3; version++) {
      other.putPolicy(policy(version), bytes(version));
      assertThat(state.account(ACME).policy()).contains(policy(version));
    }
  }

  @Test
  void policyMustBePutBeforeTheFactThatAppliesIt() {
    assertThatThrownBy(() -> state.put(new AccountState(ACME, Optional.of(policy(1)), 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("acme");
  }

  @Test
  void rowOfAnotherFormatIsNeverMisread() {
    state.put(new AccountState(ACME, Optional.empty(), 1));
    rows.rows.put("chain|acme", rows.rows.get("account|acme"));
    rows.rows.put("account|acme", new byte[] {1, 2, 3});

    assertThatThrownBy(() -> state.chain(ACME))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ChainRow");
    assertThatThrownBy(() -> state.account(ACME))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("AccountRow");
  }

  @Test
  void rowThatIsCutOffIsNeverMisread() {
    state.put(new AccountState(ACME, Optional.empty(), 1L << 40));
    byte[] whole = Objects.requireNonNull(rows.rows.get("account|acme"));
    rows.rows.put("account|acme", Arrays.copyOf(whole, whole.length - 1));

    assertThatThrownBy(() -> state.account(ACME)).isInstanceOf(RuntimeException.class);
  }

  @Test
  void priceThatWasUsedIsThereForEveryOtherProcessor() {
    ModelPrice price =
        new ModelPrice(
            prices("2.5", "0.000002"),
            List.of(new ModelPrice.Tier(200_000, prices("5", "123456789.12345"))),
            50);

    state.put(new UsedPrice("v1", "google", "gemini", price));

    assertThat(state().usedPrice("v1", "google", "gemini")).contains(price);
    assertThat(state().usedPrice("v1", "google", "other")).isEmpty();
    assertThat(state().usedPrice("v2", "google", "gemini")).isEmpty();
  }

  @Test
  void appliedTablesAreKeptInTheirOrder() {
    KeyValueLedgerState other = state();
    assertThat(other.appliedPrices().tables()).isEmpty();

    // When
    assertThat(state.applyPrices("v2", "v2")).isEmpty();
    assertThat(state.applyPrices("v1", "v1")).isEmpty();
    assertThat(state.applyPrices("v1", "v1")).as("the same again").isEmpty();

    // Then
    assertThat(other.appliedPrices().tables())
        .extracting(PriceTable::version)
        .containsExactly("v2", "v1");
    assertThat(state().appliedPrices().tables())
        .extracting(PriceTable::version)
        .containsExactly("v2", "v1");
  }

  @Test
  void tableOfAVersionNeverChangesAndWhatCannotBeReadIsNotKept() {
    state.applyPrices("v1", "v1");

    assertThat(state.applyPrices("v1", "v1 with other prices"))
        .hasValueSatisfying(reason -> assertThat(reason).contains("version v1", "other prices"));
    assertThatThrownBy(() -> state.applyPrices("v3", "unreadable"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(state().appliedPrices().tables())
        .extracting(PriceTable::version)
        .containsExactly("v1");
  }

  private static ClassPrices prices(String input, String output) {
    BigDecimal in = new BigDecimal(input);
    BigDecimal out = new BigDecimal(output);
    return new ClassPrices(in, in, in, out, out);
  }

  private static PriceTable table(String content) {
    if (content.equals("unreadable")) {
      throw new IllegalArgumentException(content);
    }
    return new PriceTable(content, LocalDate.parse("2026-11-01"), "USD", Map.of());
  }

  private KeyValueLedgerState state() {
    return new KeyValueLedgerState(
        rows,
        bytes -> policy(Long.parseLong(new String(bytes, StandardCharsets.UTF_8))),
        new PriceTables(KeyValueLedgerStateTest::table));
  }

  private static byte[] bytes(long version) {
    return Long.toString(version).getBytes(StandardCharsets.UTF_8);
  }

  private static Policy policy(long version) {
    return new PolicyBuilder().version(version).build();
  }

  private static Request request(String id, Optional<String> team) {
    return new Request(
        ACME,
        new RequestId(id),
        "ada",
        team,
        Optional.of("shop"),
        Optional.of("strong"),
        "How many?",
        Optional.of(
            new Requester(
                Optional.of("analyst"),
                Optional.empty(),
                Optional.of("Europe/Vienna"),
                Map.of("a term", "what it means"))),
        Map.of("a", "1"),
        "digest",
        Optional.of("0af7651916cd43dd8448eb211c80319c"),
        NOON,
        3,
        42);
  }

  private static Allowance held(Admission admission) {
    return new Allowance(admission, Allowance.Status.HELD, Money.ZERO, List.of(), List.of());
  }

  private static Allowance assumed() {
    Charge charge = new Charge(Money.of("0.0015"), true);
    Optional<TokenCounts> usage = Optional.of(new TokenCounts(5, 4, 1, 3, 2));
    return new Allowance(
        admission(1),
        Allowance.Status.ASSUMED,
        Money.of("0.0045"),
        List.of(),
        List.of(
            new PaidAttempt(
                new Attempt("test", "small", true, Optional.empty(), OptionalInt.empty(), false),
                charge),
            new PaidAttempt(
                new Attempt("test", "large", true, usage, OptionalInt.of(200), false), charge)));
  }

  private static Admission admission(int number) {
    return new Admission(
        "r-1#" + number,
        number,
        "shop",
        List.of(new Candidate("test", "small", "cheap"), new Candidate("test", "large", "strong")),
        1_000,
        500,
        3,
        NOON,
        NOON.plusSeconds(120),
        Money.of("0.0015"),
        Money.of("0.0045"),
        List.of(new Hold(MONTH, Money.of("0.0045"))),
        "USD",
        "p1",
        9,
        true);
  }
}
