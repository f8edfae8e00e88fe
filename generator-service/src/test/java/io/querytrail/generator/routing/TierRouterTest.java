package io.querytrail.generator.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.generator.model.ModelName;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TierRouterTest {
  private static final ModelName MINI = new ModelName("openai", "mini");
  private static final ModelName HAIKU = new ModelName("anthropic", "haiku");
  private static final ModelName OPUS = new ModelName("anthropic", "opus");
  private static final List<Candidate> BOTH =
      List.of(
          new Candidate(MINI, "cheap"),
          new Candidate(OPUS, "strong"),
          new Candidate(HAIKU, "cheap"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "How many customers do we have?|cheap: the question says \"how many\"",
        "Show the latest orders|cheap: the question says \"show\"",
        "LIST all products!|cheap: the question says \"list\"",
        "Customers in Austria|cheap: nothing in the question asks for more",
        "Compare revenue of this year and last year|strong: the question says \"compare\"",
        "Show the median order value|strong: the question says \"median\"",
        "What is the month-over-month growth?|strong: the question says \"growth\"",
        "Revenue, year over year|strong: the question says \"year over year\"",
        "Austria vs. Germany|strong: the question says \"vs\"",
        // Whole words, not parts of them.
        "Total amount by country of discount|cheap: nothing in the question asks for more",
        "Shower gels and listed finders|cheap: nothing in the question asks for more",
        "Franklin's medians were ranked|cheap: nothing in the question asks for more",
        "Price of the trendy shoes|cheap: nothing in the question asks for more"
      })
  void routesByWholeWordsOfTheQuestion(String question, String reason) {
    TierRouter.Route route = route(question, null, RoutingRules.DEFAULTS);
    assertThat(route.reason()).isEqualTo(reason);
    assertThat(route.models())
        .isEqualTo(
            reason.startsWith("cheap") ? List.of(MINI, HAIKU, OPUS) : List.of(OPUS, MINI, HAIKU));
  }

  @Test
  void takesALongQuestionWithoutKnownWordsForAHardOne() {
    String question = "customers who ordered ".repeat(9);
    assertThat(route(question, null, RoutingRules.DEFAULTS).reason())
        .isEqualTo("strong: the question has 27 words");
    assertThat(route("show " + question, null, RoutingRules.DEFAULTS).reason())
        .isEqualTo("cheap: the question says \"show\"");
  }

  @ParameterizedTest
  @CsvSource({
    "ORDER, openai:mini, first of the policy: its routing is by order",
    "CHEAP, openai:mini, cheap: the policy's routing is always cheap",
    "STRONG, anthropic:opus, strong: the policy's routing is always strong"
  })
  void followsThePolicyWhateverTheQuestionSays(
      RoutingRules.Mode mode, String first, String reason) {
    RoutingRules rules = new RoutingRules(mode, List.of("show"), List.of("median"));
    for (String question : List.of("Show all", "The median")) {
      TierRouter.Route route = route(question, null, rules);
      assertThat(route.models().getFirst()).hasToString(first);
      assertThat(route.models()).containsExactlyInAnyOrder(MINI, HAIKU, OPUS);
      assertThat(route.reason()).isEqualTo(reason);
    }
  }

  @Test
  void takesTheWordsOfTheAccount() {
    RoutingRules rules =
        new RoutingRules(RoutingRules.Mode.QUESTION, List.of("Umsatz je Kunde"), List.of("zeige"));
    assertThat(route("Zeige den UMSATZ je Kunde!", null, rules).reason())
        .isEqualTo("strong: the question says \"Umsatz je Kunde\"");
    assertThat(route("Zeige die Kunden", null, rules).reason())
        .isEqualTo("cheap: the question says \"zeige\"");
    assertThat(route("Show the median", null, rules).reason())
        .isEqualTo("cheap: nothing in the question asks for more");
  }

  @Test
  void aPreferenceGoesBeforeTheRules() {
    TierRouter.Route route = route("Show all customers", "strong", RoutingRules.DEFAULTS);
    assertThat(route.models().getFirst()).isEqualTo(OPUS);
    assertThat(route.reason()).isEqualTo("strong: the request prefers it");
  }

  @Test
  void namesNoReasonWhereThereIsNoChoice() {
    TierRouter.Route route =
        TierRouter.route(
            "The median", null, List.of(new Candidate(MINI, "cheap")), RoutingRules.DEFAULTS);
    assertThat(route).isEqualTo(new TierRouter.Route(List.of(MINI), null));
  }

  @Test
  void keepsThePolicysOrderWithinOneTier() {
    TierRouter.Route route =
        TierRouter.route(
            "The median",
            null,
            List.of(new Candidate(HAIKU, "cheap"), new Candidate(MINI, "cheap")),
            RoutingRules.DEFAULTS);
    assertThat(route)
        .isEqualTo(
            new TierRouter.Route(List.of(HAIKU, MINI), "first of the policy: all are cheap"));
  }

  private static TierRouter.Route route(
      String question, @Nullable String preferred, RoutingRules rules) {
    return TierRouter.route(question, preferred, BOTH, rules);
  }
}
