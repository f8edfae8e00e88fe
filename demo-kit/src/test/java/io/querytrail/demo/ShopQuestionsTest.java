package io.querytrail.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.demo.ChatRequest.Message;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

final class ShopQuestionsTest {
  private final QuestionFinder finder = new QuestionFinder(ShopQuestions.all());

  @Test
  void areEnoughOfEachKind() {
    assertThat(ShopQuestions.all()).hasSizeGreaterThanOrEqualTo(48);
    assertThat(ShopQuestions.byKind(ShopQuestion.Kind.GOOD)).hasSizeGreaterThanOrEqualTo(34);
    assertThat(ShopQuestions.byKind(ShopQuestion.Kind.UNSAFE)).hasSizeGreaterThanOrEqualTo(10);
    assertThat(ShopQuestions.byKind(ShopQuestion.Kind.WRONG)).hasSizeGreaterThanOrEqualTo(3);
    assertThat(ShopQuestions.byKind(ShopQuestion.Kind.PROSE)).hasSizeGreaterThanOrEqualTo(2);
  }

  @Test
  void areEachFoundInAPromptThatHoldsMuchElse() {
    for (ShopQuestion question : ShopQuestions.all()) {
      String prompt =
          "SCHEMA (data)\n{\"relation\":\"shop.orders\",\"comment\":\"One row per order\"}\n"
              + "QUESTION (data)\n0a1b2c\n"
              + question.question().toUpperCase(Locale.ROOT)
              + "\n0a1b2c\n";

      assertThat(finder.find(List.of(new Message("system", "rules"), new Message("user", prompt))))
          .as(question.question())
          .contains(question);
    }
  }

  @Test
  void areFoundByTheOneThatStandsLast() {
    String first = ShopQuestions.all().get(0).question();
    ShopQuestion second = ShopQuestions.all().get(1);
    String prompt = "Example: " + first + "\nNow answer this: " + second.question();

    assertThat(finder.find(List.of(new Message("user", prompt)))).contains(second);
  }

  @Test
  void areLookedForInEarlierMessagesWhenTheLatestHasNone() {
    ShopQuestion asked = ShopQuestions.all().getFirst();
    List<Message> conversation =
        List.of(
            new Message("user", asked.question()),
            new Message("assistant", "{\"sql\":\"SELECT 1\"}"),
            new Message("user", "That failed: the column is not there. Try again."));

    assertThat(finder.find(conversation)).contains(asked);
  }
}
