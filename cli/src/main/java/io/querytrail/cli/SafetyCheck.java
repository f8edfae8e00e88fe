package io.querytrail.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import io.querytrail.safety.DatabaseSchema;
import io.querytrail.safety.SafetyGuard;
import io.querytrail.safety.SafetyPolicy;
import io.querytrail.safety.SafetyVerdict;
import io.querytrail.safety.Severity;
import io.querytrail.safety.Violation;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** Judges JSON lines: one line out for each line in, in order, in bounded memory. */
final class SafetyCheck {
  static final int MAX_LINE_BYTES = 16 << 20;

  private static final ObjectReader LINE =
      Json.MAPPER.readerFor(JsonNode.class).with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final SafetyGuard guard;
  private final SafetyPolicy policy;
  private final DatabaseSchema schema;

  SafetyCheck(SafetyGuard guard, SafetyPolicy policy, DatabaseSchema schema) {
    this.guard = guard;
    this.policy = policy;
    this.schema = schema;
  }

  /** Returns how many lines were none that can be judged. */
  long judgeAll(InputStream in, OutputStream out) throws IOException {
    var lines = new LineReader(in, MAX_LINE_BYTES);
    long errors = 0;
    try (JsonGenerator json =
        Json.MAPPER.createGenerator(out).disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM)) {
      json.setRootValueSeparator(null);
      for (long number = 1; lines.next(); number++) {
        if (!judge(lines, number, json)) {
          errors++;
        }
        json.writeRaw('\n');
        json.flush();
        if (lines.wouldWait()) {
          out.flush(); // whoever writes a line and waits for its verdict gets it
        }
      }
    }
    return errors;
  }

  private boolean judge(LineReader lines, long number, JsonGenerator json) throws IOException {
    String sql;
    try {
      sql = sqlOf(lines);
    } catch (IllegalArgumentException e) {
      String message = "Line %d %s".formatted(number, e.getMessage());
      var violation = new Violation("INPUT", Severity.REJECT, message, OptionalInt.empty());
      write(json, "error", List.of(violation), null, List.of(), 0);
      return false;
    }
    long start = System.nanoTime();
    SafetyVerdict verdict = guard.judge(sql, policy, schema);
    long micros = (System.nanoTime() - start) / 1_000;
    switch (verdict) {
      case SafetyVerdict.Approved approved ->
          write(
              json, "approved", approved.warnings(), approved.sql(), approved.relations(), micros);
      case SafetyVerdict.Rejected rejected ->
          write(json, "rejected", rejected.violations(), null, List.of(), micros);
    }
    return true;
  }

  private static String sqlOf(LineReader lines) {
    if (lines.isTooLong()) {
      throw new IllegalArgumentException("has more than " + MAX_LINE_BYTES + " bytes");
    }
    JsonNode node;
    try {
      node = LINE.readTree(lines.bytes(), 0, lines.length());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException("is not UTF-8", e);
    }
    if (!node.isObject()) {
      throw new IllegalArgumentException("is not a JSON object");
    }
    if (!node.path("sql").isTextual()) {
      throw new IllegalArgumentException("has no text \"sql\"");
    }
    return node.path("sql").asText();
  }

  private static void write(
      JsonGenerator json,
      String verdict,
      List<Violation> violations,
      @org.jspecify.annotations.Nullable String sql,
      List<String> relations,
      long micros)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("verdict", verdict);
    json.writeArrayFieldStart("violations");
    for (Violation violation : violations) {
      write(json, violation);
    }
    json.writeEndArray();
    json.writeStringField("sql", sql);
    json.writeArrayFieldStart("relations");
    for (String relation : relations) {
      json.writeString(relation);
    }
    json.writeEndArray();
    json.writeNumberField("micros", micros);
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Violation violation) throws IOException {
    json.writeStartObject();
    json.writeStringField("rule", violation.rule());
    json.writeStringField("severity", violation.severity().name().toLowerCase(Locale.ROOT));
    json.writeStringField("message", violation.message());
    if (violation.position().isPresent()) {
      json.writeNumberField("position", violation.position().getAsInt());
    } else {
      json.writeNullField("position");
    }
    json.writeEndObject();
  }
}
