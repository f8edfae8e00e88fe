package io.querytrail.audit.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChainTest {
  private static final ChainKey KEY = new ChainKey("chain-1", "0123456789abcdef");

  @Test
  void contentIsLinesOfNameLengthAndValue() {
    assertThat(
            new ChainContent()
                .value("kind", "verdict")
                .value("team", Optional.empty())
                .value("user", Optional.of(""))
                .text("sql", Optional.of("SELECT 1"))
                .text("none", Optional.empty())
                .canonical())
        .isEqualTo(
            """
            kind=7:verdict
            team
            user=0:
            sql.sha256=64:e004ebd5b5532a4b85984a62f8ad48a81aa3460c1ca07701f386135d72cdecf5
            none
            """);
  }

  @Test
  void valueCannotPassForTheLinesAfterIt() {
    ChainContent honest = new ChainContent().value("a", "1").value("b", "2");
    ChainContent forged = new ChainContent().value("a", "1\nb=1:2");

    assertThat(forged.digest()).isNotEqualTo(honest.digest());
  }

  @Test
  void missingIsNotEmpty() {
    assertThat(new ChainContent().value("a", Optional.empty()).digest())
        .isNotEqualTo(new ChainContent().value("a", "").digest());
  }

  @Test
  void sealDependsOnKeyPreviousSealAndContent() {
    // Given
    ChainContent content = new ChainContent().value("a", 1);
    String seal = KEY.seal("previous", content);

    // Then
    assertThat(seal).matches("[0-9a-f]{64}").isEqualTo(KEY.seal("previous", content));
    assertThat(seal)
        .isNotEqualTo(KEY.seal("other", content))
        .isNotEqualTo(KEY.seal("previous", new ChainContent().value("a", 2)))
        .isNotEqualTo(new ChainKey("chain-1", "0123456789abcdeg").seal("previous", content));
  }

  @Test
  void keyThatCouldBeGuessedIsRefused() {
    assertThatThrownBy(() -> new ChainKey("chain-1", "0123456789abcde"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("16")
        .hasMessageNotContaining("0123456789");
  }
}
