package io.querytrail.safety;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LexicalGateTest {
  private final Verdicts verdicts = Verdicts.overCorpus();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT id\u00a0FROM orders",
        "SELECT '\u202edrop'",
        "SELECT 'a\u200bb'",
        "SELECT 'a\u200db'",
        "SELECT id\u200d FROM orders",
        "SELECT '\ufeff'",
        "SELECT '\ue000'",
        "SELECT '\uffff'",
        "SELECT '\u3164'",
        "SELECT '\ud800'",
        "SELECT '\0'",
        "SELECT\u000b1",
        "SELECT '\udb40\udc41'"
      })
  void rejectsCharactersThatAreNotWhatTheyLookLike(String sql) {
    assertThat(verdicts.first(sql)).isEqualTo("ENCODING");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 'naïve', '東京', 'Ærøskøbing', 'ñandú'",
        "SELECT 'می\u200cخواهم'",
        "SELECT '👩\u200d💻', '❤️', '👍🏽'",
        "SELECT 1\r\n\t+ 1"
      })
  void letsOtherLanguagesThrough(String sql) {
    assertThat(verdicts.first(sql)).isEqualTo("approved");
  }

  @Test
  void stopsDeepTextsWhereverTheyAreDeep() {
    assertThat(verdicts.first("SELECT " + "(".repeat(8_000) + "1" + ")".repeat(8_000)))
        .isEqualTo("RESOURCE");
    assertThat(verdicts.first("SELECT " + "'))))'||(".repeat(1_500) + "1" + ")".repeat(1_500)))
        .isEqualTo("RESOURCE");
    assertThat(verdicts.first("SELECT a" + "||a".repeat(5_000))).isEqualTo("RESOURCE");
    assertThat(verdicts.first("SELECT " + "- ".repeat(8_000) + "id FROM orders"))
        .isEqualTo("RESOURCE");
    assertThat(verdicts.first("SELECT " + "NOT ".repeat(4_000) + "true")).isEqualTo("RESOURCE");
    assertThat(verdicts.first("SELECT 1 " + "UNION SELECT 1 ".repeat(1_000))).isEqualTo("RESOURCE");
  }

  @Test
  void stopsTextsThatAreTooMuchWorkToParse() {
    assertThat(verdicts.first("SELECT 1" + " + 1".repeat(400))).isEqualTo("approved");
    assertThat(verdicts.first("SELECT 1 WHERE 1 IN (1" + ", 1".repeat(1_500) + ")"))
        .isEqualTo("approved");
    assertThat(verdicts.first("SELECT 1 FROM orders" + ", orders".repeat(2_000)))
        .isEqualTo("RESOURCE");
  }
}
