package io.querytrail.audit;

import static io.querytrail.audit.SampleEvents.generated;
import static io.querytrail.audit.SampleEvents.policy;
import static io.querytrail.audit.SampleEvents.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.audit.AuditDriver.Out;
import io.querytrail.audit.chain.ChainKey;
import io.querytrail.audit.topology.AuditChain;
import io.querytrail.audit.topology.AuditChain.Break;
import io.querytrail.audit.topology.AuditChain.Fault;
import io.querytrail.events.QueryAudited;
import io.querytrail.events.QueryCorrected;
import io.querytrail.schemas.Topic;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Makes every hash again from the published records alone, by another implementation, as whoever
 * verifies a chain must be able to.
 */
class AuditChainTest {
  @TempDir Path stateDir;

  @Test
  void everyRecordIsSealedToTheOneBeforeIt() throws GeneralSecurityException {
    // Given verdicts of all kinds and a correction, and another account in between
    List<Out> out = new ArrayList<>();
    try (AuditDriver audit = new AuditDriver(stateDir)) {
      out.addAll(audit.ask(request("r-0").build()));
      out.addAll(audit.apply(policy(1, "1").build()));
      out.addAll(audit.ask(request("r-1").setTeam(null).build()));
      out.addAll(audit.ask(request("r-2").build()));
      out.addAll(audit.ask(request("r-1").setAccount("other").build()));
      out.addAll(
          audit.send(Topic.GENERATIONS, "acme", generated("r-1", "n-1", "SELECT 'é€😀'").build()));
      out.addAll(
          audit.send(Topic.GENERATIONS, "acme", generated("r-2", "n-1", "DROP TABLE x").build()));
      out.addAll(
          audit.send(Topic.GENERATIONS, "acme", generated("r-1", "n-2", "SELECT 2").build()));
      out.addAll(audit.ask(request("r-3").setQuestion("").build()));
    }
    List<SpecificRecord> chain =
        out.stream()
            .filter(record -> record.topic() == Topic.AUDIT && record.key().equals("acme"))
            .map(Out::event)
            .toList();

    // When / Then
    assertThat(chain).hasSize(5);
    String previous = "";
    for (int i = 0; i < chain.size(); i++) {
      String expected = hmac(previous + "\n" + content(chain.get(i), i + 1));
      assertThat(hash(chain.get(i))).as("record %d", i + 1).isEqualTo(expected);
      previous = expected;
    }
  }

  @Test
  void pointsAtTheFirstRecordThatIsNotWhatWasSealed() {
    List<SpecificRecord> chain = new ArrayList<>();
    try (AuditDriver audit = new AuditDriver(stateDir)) {
      audit.apply(policy(1, "1").build());
      for (int i = 1; i <= 4; i++) {
        audit.ask(request("r-" + i).build());
        audit
            .send(Topic.GENERATIONS, "acme", generated("r-" + i, "n-1", "SELECT 1").build())
            .stream()
            .filter(record -> record.topic() == Topic.AUDIT)
            .forEach(record -> chain.add(record.event()));
      }
      audit.send(Topic.GENERATIONS, "acme", generated("r-1", "n-2", "SELECT 2").build()).stream()
          .filter(record -> record.topic() == Topic.AUDIT)
          .forEach(record -> chain.add(record.event()));
    }
    assertThat(chain).hasSize(5);

    assertThat(broken(chain)).isEmpty();
    assertThat(broken(chain.subList(2, 5))).isEmpty();
    assertThat(broken(without(chain, 1))).containsExactly(new Break("acme", 3, 2, Fault.GAP));
    List<SpecificRecord> twice = new ArrayList<>(chain);
    twice.add(3, chain.get(1));
    assertThat(broken(twice)).containsExactly(new Break("acme", 2, 4, Fault.REPEATED));
    List<SpecificRecord> changed = new ArrayList<>(chain);
    changed.set(
        2,
        QueryAudited.newBuilder((QueryAudited) chain.get(2))
            .setCost(SampleEvents.amount("0.1"))
            .build());
    assertThat(broken(changed)).containsExactly(new Break("acme", 3, 3, Fault.SEAL));
    changed.set(
        2, QueryAudited.newBuilder((QueryAudited) chain.get(2)).setChainKeyId("other").build());
    assertThat(broken(changed)).containsExactly(new Break("acme", 3, 3, Fault.KEY));
  }

  private static List<Break> broken(List<SpecificRecord> records) {
    AuditChain chain = new AuditChain(new ChainKey("chain-1", AuditDriver.CHAIN_SECRET));
    List<Break> broken = new ArrayList<>();
    records.forEach(record -> chain.next(record).ifPresent(broken::add));
    return broken;
  }

  private static List<SpecificRecord> without(List<SpecificRecord> records, int index) {
    List<SpecificRecord> rest = new ArrayList<>(records);
    rest.remove(index);
    return rest;
  }

  private static String hash(SpecificRecord event) {
    return event instanceof QueryAudited audited
        ? audited.getChainHash()
        : ((QueryCorrected) event).getChainHash();
  }

  private static String content(SpecificRecord event, int sequence)
      throws GeneralSecurityException {
    if (event instanceof QueryCorrected corrected) {
      return line("kind", "correction")
          + line("sequence", sequence)
          + line("account", corrected.getAccount())
          + line("request", corrected.getRequestId())
          + line("delta", plain(corrected.getDelta()))
          + line("at", corrected.getCorrectedAt());
    }
    QueryAudited audited = (QueryAudited) event;
    return line("kind", "verdict")
        + line("sequence", sequence)
        + line("account", audited.getAccount())
        + line("request", audited.getRequestId())
        + line("user", audited.getUser())
        + line("team", audited.getTeam())
        + line("datasource", audited.getDatasource())
        + line("verdict", audited.getVerdict())
        + line("stage", audited.getStage())
        + line("reason", audited.getReason())
        + text("question", audited.getQuestion())
        + text("generatedSql", audited.getGeneratedSql())
        + text("approvedSql", audited.getApprovedSql())
        + line("provider", audited.getProvider())
        + line("model", audited.getModel())
        + line("cost", plain(audited.getCost()))
        + line("currency", audited.getCurrency())
        + line("priceVersion", audited.getPriceVersion())
        + line("policyVersion", audited.getPolicyVersion())
        + line("requestedAt", audited.getRequestedAt());
  }

  private static String plain(BigDecimal amount) {
    return amount.signum() == 0 ? "0" : amount.stripTrailingZeros().toPlainString();
  }

  private static String line(String name, @Nullable Object value) {
    return value == null
        ? name + "\n"
        : name + "=" + value.toString().length() + ":" + value + "\n";
  }

  private static String text(String name, @Nullable String text) throws GeneralSecurityException {
    if (text == null) {
      return name + "\n";
    }
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    return line(name + ".sha256", HexFormat.of().formatHex(digest));
  }

  private static String hmac(String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    byte[] key = AuditDriver.CHAIN_SECRET.getBytes(StandardCharsets.UTF_8);
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
  }
}
