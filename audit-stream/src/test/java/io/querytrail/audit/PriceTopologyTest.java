package io.querytrail.audit;

import static io.querytrail.audit.SampleEvents.amount;
import static io.querytrail.audit.SampleEvents.attempt;
import static io.querytrail.audit.SampleEvents.generated;
import static io.querytrail.audit.SampleEvents.policy;
import static io.querytrail.audit.SampleEvents.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.audit.AuditDriver.Out;
import io.querytrail.audit.prices.PriceFile;
import io.querytrail.audit.prices.TableDocument;
import io.querytrail.events.ChargedAttempt;
import io.querytrail.events.LedgerEvent;
import io.querytrail.events.ModelAttempt;
import io.querytrail.events.OwnPrice;
import io.querytrail.events.PriceList;
import io.querytrail.events.PriceTier;
import io.querytrail.events.QueryAdmitted;
import io.querytrail.events.QueryAudited;
import io.querytrail.events.QueryRejected;
import io.querytrail.events.TokenPrices;
import io.querytrail.events.TokenUsage;
import io.querytrail.schemas.DeadLetter;
import io.querytrail.schemas.Topic;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prices that change while the topology runs. */
class PriceTopologyTest {
  @TempDir Path stateDir;
  private AuditDriver audit;

  @BeforeEach
  void start() {
    audit = new AuditDriver(stateDir);
    audit.apply(policy(1, "1").build());
  }

  @AfterEach
  void stop() {
    audit.close();
  }

  @Test
  void tableIsInForceFromItsPlaceInTheLogOn() {
    // Given
    QueryAdmitted before = admission(audit.ask(request("r-1").build()));

    // When
    assertThat(audit.apply(table("v2", "2026-11-01", "3"))).isEmpty();
    QueryAdmitted after = admission(audit.ask(request("r-2").build()));

    // Then
    assertThat(before.getPriceVersion()).isEqualTo("p1");
    assertThat(after.getPriceVersion()).isEqualTo("v2");
    assertThat(after.getHeld())
        .isEqualByComparingTo(before.getHeld().multiply(BigDecimal.valueOf(3)));
    QueryAudited old = answer("r-1");
    QueryAudited current = answer("r-2");
    assertThat(old.getCost()).isEqualTo(amount("0.0005"));
    assertThat(old.getPriceVersion()).isEqualTo("p1");
    assertThat(old.getAttempts().getFirst().getCost()).isEqualTo(amount("0.0005"));
    assertThat(current.getCost()).isEqualTo(amount("0.0015"));
    assertThat(current.getPriceVersion()).isEqualTo("v2");
    assertThat(audit.count("querytrail.prices", "outcome", "applied")).isEqualTo(1);
  }

  @Test
  void tableOfALaterInstantWaitsForIt() {
    Instant later = audit.now().plusSeconds(60);
    audit.apply(table("v2", later.toString(), "3"));

    assertThat(admission(audit.ask(request("r-1").build())).getPriceVersion()).isEqualTo("p1");
    audit.advance(Duration.ofSeconds(60));
    assertThat(admission(audit.ask(request("r-2").build())).getPriceVersion()).isEqualTo("v2");
  }

  @Test
  void sameTableAgainIsTakenAndAnotherOfItsVersionIsSetAside() {
    // Given
    audit.apply(table("v2", "2026-11-01", "3"));

    // When / Then
    assertThat(audit.apply(table("v2", "2026-11-01", "3"))).isEmpty();
    assertUnusable(audit.apply(table("v2", "2026-11-01", "4")), "v2", "other prices");
    assertUnusable(audit.apply(table("p1", "2026-11-01", "4")), "p1", "came with the product");
    assertThat(admission(audit.ask(request("r-1").build())).getHeld()).isEqualTo(amount("0.012"));
    assertThat(audit.count("querytrail.prices", "outcome", "refused")).isEqualTo(2);
  }

  @Test
  void tableThatCannotBeReadOrSaysTwoThingsIsSetAside() {
    TableDocument sound = table("v2", "2026-11-01", "3");
    PriceList.Builder list =
        PriceList.newBuilder()
            .setVersion("v2")
            .setCurrency("USD")
            .setEffectiveFrom(sound.table().effective());

    assertUnusable(send(list.setTable("{").build()), "not readable");
    assertUnusable(
        send(list.setTable(PriceFile.write(sound).replace("\"input\":3", "\"input\":-3")).build()),
        "models.test:small: input is -3");
    assertUnusable(
        send(list.setTable(PriceFile.write(sound)).setCurrency("EUR").build()),
        "not what the table itself says");
    assertThat(audit.send(Topic.PRICES, "other", list.setCurrency("USD").build()).getFirst())
        .satisfies(out -> assertThat(out.header(DeadLetter.ERROR_CLASS)).isEqualTo("KEY_MISMATCH"));
    assertThat(admission(audit.ask(request("r-1").build())).getPriceVersion()).isEqualTo("p1");
  }

  @Test
  void modelThatTheNewTableDoesNotKnowIsRefusedAndNotFree() {
    audit.apply(
        PriceFile.read(
            """
            {"version": "v2", "effective": "2026-11-01", "currency": "USD",
             "models": {"test:other": {"input": 1, "output": 1}}}
            """));

    QueryRejected rejected =
        event(audit.ask(request("r-1").build()), Topic.REJECTIONS, QueryRejected.class);

    assertThat(rejected.getReason()).isEqualTo("UNPRICED_MODEL");
    assertThat(rejected.getMessage()).contains("test:small");
  }

  @Test
  void accountsOwnPriceWithTiersAndBatchIsTheOneThatIsCharged() {
    // Given
    TokenPrices low = tokenPrices("1", "0.5");
    audit.apply(
        policy(2, "1")
            .setPrices(
                List.of(
                    OwnPrice.newBuilder()
                        .setProvider("test")
                        .setModel("small")
                        .setPrices(low)
                        .setTiers(List.of(new PriceTier(500L, tokenPrices("2", "1"))))
                        .setBatchDiscountPercent(50)
                        .build()))
            .build());

    // When
    QueryAdmitted admitted = admission(audit.ask(request("r-1").build()));
    ModelAttempt small = usage(1, 500, 0, 100).build();
    ModelAttempt large = usage(2, 600, 400, 100).build();
    ModelAttempt batch = usage(3, 600, 400, 100).setBatch(true).build();
    List<Out> out =
        audit.send(
            Topic.GENERATIONS,
            "acme",
            generated("r-1", "n", "SELECT 1").setAttempts(List.of(small, large, batch)).build());

    // Then the hold is for 1,000 tokens each way at the upper tier's 2, twice
    assertThat(admitted.getHeld()).isEqualTo(amount("0.008"));
    assertThat(admitted.getPriceVersion()).startsWith("p1+own-");
    // 500 + 100 at 1; 200 at 2 and 400 at 1 and 100 at 2; half of that
    assertThat(event(out, Topic.LEDGER, LedgerEvent.class).getAttempts())
        .extracting(ChargedAttempt::getCost)
        .containsExactly(amount("0.0006"), amount("0.001"), amount("0.0005"));
    assertThat(event(out, Topic.LEDGER, LedgerEvent.class).getAttempts())
        .extracting(ChargedAttempt::getBatch)
        .containsExactly(false, false, true);
  }

  @Test
  void policyWithAnUnusablePriceIsRefusedWithTheReason() {
    OwnPrice price =
        OwnPrice.newBuilder()
            .setProvider("test")
            .setModel("small")
            .setPrices(tokenPrices("-1", "1"))
            .build();

    List<Out> out = audit.apply(policy(2, "1").setPrices(List.of(price)).build());

    assertThat(event(out, Topic.LEDGER, LedgerEvent.class).getReason())
        .contains("price of test:small")
        .contains("input is -1");
  }

  // ---- small things

  private static TableDocument table(String version, String effective, String price) {
    return PriceFile.read(
        """
        {"version": "%s", "effective": "%s", "currency": "USD",
         "models": {"test:small": {"input": %s, "output": %s}}}
        """
            .formatted(version, effective, price, price));
  }

  private List<Out> send(PriceList list) {
    return audit.send(Topic.PRICES, list.getVersion(), list);
  }

  private QueryAudited answer(String id) {
    return event(
        audit.send(Topic.GENERATIONS, "acme", generated(id, "n-1", "SELECT 1").build()),
        Topic.AUDIT,
        QueryAudited.class);
  }

  private static ModelAttempt.Builder usage(int number, long input, long cached, long output) {
    return attempt(number)
        .setUsage(
            TokenUsage.newBuilder()
                .setInputTokens(input)
                .setCachedInputTokens(cached)
                .setOutputTokens(output)
                .build());
  }

  private static TokenPrices tokenPrices(String price, String cached) {
    BigDecimal plain = new BigDecimal(price).setScale(12);
    return new TokenPrices(plain, new BigDecimal(cached).setScale(12), plain, plain, plain);
  }

  private static void assertUnusable(List<Out> out, String... parts) {
    assertThat(out).hasSize(1);
    assertThat(out.getFirst().topic()).isEqualTo(Topic.DEAD_LETTERS);
    assertThat(out.getFirst().header(DeadLetter.ERROR_CLASS)).isEqualTo("UNUSABLE_PRICES");
    assertThat(out.getFirst().header(DeadLetter.ERROR_MESSAGE)).contains(parts);
  }

  private static QueryAdmitted admission(List<Out> out) {
    return event(out, Topic.ADMISSIONS, QueryAdmitted.class);
  }

  private static <E extends SpecificRecord> E event(List<Out> out, Topic topic, Class<E> type) {
    return out.stream()
        .filter(record -> record.topic() == topic)
        .map(Out::event)
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + type.getSimpleName() + " in " + out));
  }
}
