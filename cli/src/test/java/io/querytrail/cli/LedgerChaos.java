package io.querytrail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.querytrail.demo.Served;
import io.querytrail.embedded.ServiceProcess;
import io.querytrail.events.BudgetScope;
import io.querytrail.events.LedgerEvent;
import io.querytrail.events.LedgerEventKind;
import io.querytrail.schemas.RequestProducer;
import io.querytrail.schemas.Topic;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** A race for money among services that die, and the count of the money afterwards. */
final class LedgerChaos {
  private static final int PRODUCERS = 64;
  private static final int USERS = 6;
  private static final String PROBE = "probe";
  private static final List<String> ACCOUNTS =
      IntStream.rangeClosed(1, 8).mapToObj(i -> "a" + i).toList();

  private static final int MAX_SENDS = 1;
  private static final ModelTariff TARIFF = ModelTariff.gpt4oMini(3_000, 200);
  private static final BigDecimal HOLD = TARIFF.ceiling().multiply(BigDecimal.valueOf(MAX_SENDS));
  private static final BigDecimal SHARE = new BigDecimal("0.30");

  /** Some users ask for more than their share of the account, so both budgets refuse at times. */
  private static final BigDecimal USER_SHARE = new BigDecimal("0.20");

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration SETTLING = Duration.ofMinutes(1);

  private final int requests;
  private final int kills;
  private final long seed;
  private final ServiceFleet fleet;
  private final ServiceProcess stream;
  private final ServiceProcess generator;

  private LedgerChaos(int requests, int kills, long seed, ServiceFleet fleet) throws IOException {
    this.requests = requests;
    this.kills = kills;
    this.seed = seed;
    this.fleet = fleet;
    this.stream = fleet.startStream();
    this.generator = fleet.startGenerator(maxInFlight());
  }

  /**
   * Runs until every request has its verdict.
   *
   * @param fleet in which no service runs yet
   * @param kills how often a service dies, or two at once
   * @param seed of the moments and the victims
   */
  static ChaosReport run(ServiceFleet fleet, int requests, int kills, long seed)
      throws IOException, InterruptedException {
    return new LedgerChaos(requests, kills, seed, fleet).run();
  }

  /**
   * What is in hand when the generator dies is charged at its ceiling, nearly four times the price:
   * few enough that there is money left for the last of the kills.
   */
  private int maxInFlight() {
    return Math.max(1, expectedCalls() / (8 * kills));
  }

  private int expectedCalls() {
    return SHARE.multiply(BigDecimal.valueOf(requests)).intValue();
  }

  private ChaosReport run() throws IOException, InterruptedException {
    Map<BudgetScope, BigDecimal> limits = applyLimits(costOfOne());
    try (Race race = Race.start(fleet.kafka(), PRODUCERS, requests, ACCOUNTS, USERS, seed)) {
      int killed = killAtRandom(race);
      awaitWhileAlive(() -> race.decided() >= requests);
      LedgerRecount recount = settled(new LedgerRecount.Rules(limits, HOLD, TARIFF));
      return new ChaosReport(
          new ChaosReport.Run(requests, kills, killed, race.decided(), race.decidedTwice()),
          recount,
          proof(recount));
    }
  }

  /** What a request costs once the provider has the beginning of the prompt in its cache. */
  private BigDecimal costOfOne() {
    fleet.apply(policy(PROBE, Map.of(BudgetScope.ACCOUNT, BigDecimal.TEN)));
    try (RequestProducer producer = RequestProducer.open(fleet.kafka().clientSettings(), "probe")) {
      for (int i = 1; i <= 2; i++) {
        int settled = i;
        producer.ask(SpendingProof.request("probe-" + i, PROBE, "user-0"));
        awaitWhileAlive(() -> settlements().size() == settled);
      }
    }
    return settlements().getLast();
  }

  private List<BigDecimal> settlements() {
    return ledger(PROBE).stream()
        .filter(event -> event.getKind() == LedgerEventKind.SETTLED)
        .map(LedgerEvent::getAmount)
        .toList();
  }

  private Map<BudgetScope, BigDecimal> applyLimits(BigDecimal costOfOne) {
    BigDecimal share = BigDecimal.valueOf(requests / ACCOUNTS.size());
    BigDecimal limit = costOfOne.multiply(share).multiply(SHARE).max(HOLD);
    Map<BudgetScope, BigDecimal> limits =
        Map.of(BudgetScope.ACCOUNT, limit, BudgetScope.USER, limit.multiply(USER_SHARE).max(HOLD));
    for (String account : ACCOUNTS) {
      fleet.apply(policy(account, limits));
    }
    System.out.printf(
        "a request costs %s and holds %s; each account may spend %s, each user of it %s%n",
        costOfOne.toPlainString(),
        HOLD.toPlainString(),
        limits.get(BudgetScope.ACCOUNT),
        limits.get(BudgetScope.USER));
    return limits;
  }

  private static String policy(String account, Map<BudgetScope, BigDecimal> limits) {
    StringBuilder budgets = new StringBuilder();
    limits.forEach((scope, limit) ->
        budgets.append(
            "  - {scope: %s, period: total, limit: %s}%n"
                .formatted(scope.name().toLowerCase(Locale.ROOT), limit.toPlainString())));
    return """
    account: %s
    budgets:
    %s
    models: [{provider: openai, model: gpt-4o-mini}]
    tokens: {maxInput: %d, maxOutput: %d}
    maxSends: %d
    deadlineSeconds: 600
    datasources: [{name: shop, schemas: [shop]}]
    """
        .formatted(account, budgets, TARIFF.maxInputTokens(), TARIFF.maxOutputTokens(), MAX_SENDS);
  }

  /**
   * While money is left, so that calls are in hand: a moment is a number of calls that were served.
   */
  private int killAtRandom(Race race) throws IOException, InterruptedException {
    Random random = new Random(seed);
    int expected = expectedCalls();
    int[] moments =
        IntStream.range(0, kills)
            .map(i -> random.nextInt(expected / 50, expected / 2))
            .sorted()
            .toArray();
    int done = 0;
    for (int moment : moments) {
      awaitWhileAlive(() -> served() >= moment || race.decided() >= requests);
      if (served() >= moment) {
        // Each dies at least once, and now and then both at once.
        int dice = done < 2 ? done : random.nextInt(5);
        done++;
        kill(race, done, dice % 2 == 0, dice % 2 == 1 || dice == 4);
      }
    }
    return done;
  }

  private int served() {
    return fleet.models().served().size();
  }

  private void kill(Race race, int number, boolean ofStream, boolean ofGenerator)
      throws IOException, InterruptedException {
    System.out.printf(
        "%s kill %d of %d at %d calls and %d verdicts:%s%s%n",
        LocalTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS),
        number,
        kills,
        served(),
        race.decided(),
        ofStream ? " audit-stream" : "",
        ofGenerator ? " generator-service" : "");
    if (ofStream) {
      stream.killAndRestart();
    }
    if (ofGenerator) {
      generator.killAndRestart();
    }
  }

  private void awaitWhileAlive(BooleanSupplier reached) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .failFast(() -> {
          for (ServiceProcess service : List.of(stream, generator)) {
            assertThat(service.isAlive()).as("%s", service.log()).isTrue();
          }
        })
        .until(reached::getAsBoolean);
  }

  /** Money may stay put aside for a while after the verdicts, but not for ever. */
  private LedgerRecount settled(LedgerRecount.Rules rules) {
    long until = System.nanoTime() + SETTLING.toNanos();
    LedgerRecount recount = recount(rules);
    while (recount.openHolds() > 0 && System.nanoTime() < until) {
      recount = recount(rules);
    }
    return recount;
  }

  private LedgerRecount recount(LedgerRecount.Rules rules) {
    LedgerRecount recount = new LedgerRecount(rules);
    ACCOUNTS.forEach(account -> ledger(account).forEach(recount::add));
    return recount;
  }

  private List<LedgerEvent> ledger(String account) {
    List<LedgerEvent> events = new ArrayList<>();
    try (TopicReader reader = new TopicReader(fleet.kafka())) {
      reader
          .atBeginning(List.of(reader.partition(Topic.LEDGER, account)))
          .readToEnd(record ->
              reader
                  .event(record)
                  .map(LedgerEvent.class::cast)
                  .filter(event -> event.getAccount().equals(account))
                  .ifPresent(events::add));
    }
    return events;
  }

  private SpendingProof proof(LedgerRecount recount) {
    SpendingProof proof = new SpendingProof(TARIFF);
    Map<String, List<Served>> served = new HashMap<>();
    for (Served call : fleet.models().served()) {
      if (!call.question().contains(PROBE)) {
        served.computeIfAbsent(call.question(), ignored -> new ArrayList<>()).add(call);
      }
    }
    recount
        .requests()
        .forEach((request, spending) -> {
          List<Served> calls = served.remove(SpendingProof.question(request));
          proof.compare(request, spending, calls == null ? List.of() : calls);
        });
    proof.withoutAdmission(served);
    return proof;
  }
}
