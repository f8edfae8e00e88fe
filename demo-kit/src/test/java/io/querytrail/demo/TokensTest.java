package io.querytrail.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class TokensTest {
  private final Encoding o200k =
      Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);

  /** A guard holds money for the exact count: this server must not bill more than that. */
  @Test
  void areNearOpenAisCountAndNeverAboveIt() {
    String questions =
        ShopQuestions.all().stream()
            .map(question -> question.question() + "\n" + question.explanation())
            .collect(Collectors.joining("\n"));
    String answers =
        ShopQuestions.all().stream().map(ShopQuestion::answer).collect(Collectors.joining("\n\n"));

    for (String text : new String[] {questions, answers}) {
      double ratio = (double) Tokens.of(text).count() / o200k.countTokens(text);
      assertThat(ratio).isBetween(0.85, 1.0);
    }
  }

  @Test
  void addUpToTheWholeText() {
    String text = "SELECT count(*)\n  FROM shop.order_items -- 12345 rows, déjà vu\n";
    Tokens tokens = Tokens.of(text);

    assertThat(tokens.first(tokens.count())).isEqualTo(text);
    assertThat(tokens.first(2)).isEqualTo("SELECT count");
    assertThat(tokens.first(0)).isEmpty();
    assertThat(Tokens.of("").count()).isZero();
  }
}
