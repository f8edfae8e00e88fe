package io.querytrail.safety;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Judges statements made from both corpora and asks a live server about every one that is approved.
 * {@code make fuzz-safety} runs a million; here a few thousand with the same seed.
 */
class MutationFuzzIT {
  private static final int STATEMENTS = Integer.getInteger("fuzz.statements", 20_000);
  private static final long SEED = Long.getLong("fuzz.seed", 20_261_121L);

  /** Timed only in the long run: there the machine is ours. */
  private static final boolean TIMED = STATEMENTS >= 100_000;

  private static final long HANG_NANOS = 50_000_000;
  private static final int MAX_REPORTED = 20;

  private final SafetyGuard guard = new SafetyGuard();
  private final SafetyPolicy policy = Corpus.policy();
  private final DatabaseSchema schema = Corpus.schema();
  private final List<String> findings = new ArrayList<>();
  private long slowestNanos;
  private String slowest = "";

  @TempDir Path directory;

  @Test
  void nothingIsApprovedThatTheServerSeesOtherwise() throws Exception {
    // Given
    var mutations = new Mutations(statements(), SEED);
    Set<String> visible =
        schema.relations().stream()
            .map(RelationSchema::qualifiedName)
            .collect(Collectors.toUnmodifiableSet());
    int approvals = 0;

    // When
    try (CorpusServer server = CorpusServer.start(directory.resolve("pg"));
        var oracle = new ServerOracle(server)) {
      for (int i = 0; i < STATEMENTS && findings.size() < MAX_REPORTED; i++) {
        String sql = mutations.next();
        if (judge(sql) instanceof SafetyVerdict.Approved approved) {
          approvals++;
          for (String objection : oracle.objections(approved, visible)) {
            findings.add(objection + " | " + sql + " | " + approved.sql());
          }
        }
      }
    }

    // Then
    System.out.printf(
        "fuzz: %d statements from seed %d, %d approved, %d findings, slowest %d us: %s%n",
        STATEMENTS, SEED, approvals, findings.size(), slowestNanos / 1_000, slowest);
    assertThat(findings).isEmpty();
    assertThat(approvals).isGreaterThan(STATEMENTS / 100);
  }

  @Test
  void theServerWouldObjectToWhatMustNotPass() throws Exception {
    try (CorpusServer server = CorpusServer.start(directory.resolve("pg"));
        var oracle = new ServerOracle(server)) {
      assertThat(objections(oracle, "SELECT 1; SELECT 2")).contains("2 statements");
      assertThat(objections(oracle, "SELECT x.pg_read_file FROM unnest(ARRAY['a']) AS x"))
          .contains("calls pg_catalog.pg_read_file");
      assertThat(objections(oracle, "SELECT id FROM shop.orders WHERE pg_sleep(1) IS NULL"))
          .contains("calls pg_catalog.pg_sleep", "reads shop.orders");
      assertThat(objections(oracle, "SELECT (SELECT count(*) FROM pg_authid)"))
          .contains("reads pg_catalog.pg_authid");
      assertThat(objections(oracle, "SELECT count(*) OVER (ORDER BY random()) FROM shop.regions"))
          .contains("calls pg_catalog.random");
      assertThat(objections(oracle, "SELECT 'pg_class'::regclass::text"))
          .contains("makes a value of type pg_catalog.regclass");
      assertThat(objections(oracle, "SELECT pg_lsn '0/1' < '0/2'"))
          .contains("makes a value of type pg_catalog.pg_lsn");
      assertThat(objections(oracle, "SELECT 1 FORM x y")).hasSize(1);
      assertThat(objections(oracle, "SELECT 1 + 2.5, lower('A')")).isEmpty();
    }
  }

  private static List<String> objections(ServerOracle oracle, String sql) throws Exception {
    return oracle.objections(
        new SafetyVerdict.Approved(sql, 1, List.of(), List.of(), List.of()), Set.of());
  }

  private static List<String> statements() {
    return Stream.concat(
            Stream.of("attacks.jsonl", "benign.jsonl")
                .flatMap(file -> Corpus.statements(file).stream())
                .map((JsonNode line) -> line.path("sql").asText()),
            Stream.concat(Corpus.accepted().stream(), Corpus.rejected().stream()))
        .filter(sql -> !sql.isEmpty())
        .toList();
  }

  private SafetyVerdict judge(String sql) {
    long start = System.nanoTime();
    SafetyVerdict verdict = guard.judge(sql, policy, schema);
    long took = System.nanoTime() - start;
    if (took > HANG_NANOS) {
      took = fastestOfThree(sql);
      if (TIMED && took > HANG_NANOS) {
        findings.add("slow | " + sql);
      }
    }
    if (took > slowestNanos) {
      slowestNanos = took;
      slowest = sql.substring(0, Math.min(sql.length(), 80)).replace('\n', ' ');
    }
    if (verdict instanceof SafetyVerdict.Rejected rejected
        && rejected.violations().stream().anyMatch(v -> v.rule().equals("INTERNAL"))) {
      findings.add(rejected.violations() + " | " + sql);
    }
    return verdict;
  }

  /** Not a pause of the machine: the same statement takes that long each time. */
  private long fastestOfThree(String sql) {
    long fastest = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      long start = System.nanoTime();
      guard.judge(sql, policy, schema);
      fastest = Math.min(fastest, System.nanoTime() - start);
    }
    return fastest;
  }
}
