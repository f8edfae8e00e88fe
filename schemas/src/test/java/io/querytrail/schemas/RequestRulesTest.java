package io.querytrail.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.events.QueryRequested;
import io.querytrail.events.RequesterContext;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestRulesTest {
  interface Change extends UnaryOperator<QueryRequested.Builder> {}

  static Stream<Arguments> broken() {
    return Stream.of(
        broken("requestId is ''", request -> request.setRequestId("")),
        broken("requestId is 'a b'", request -> request.setRequestId("a b")),
        broken("requestId", request -> request.setRequestId("x".repeat(65))),
        broken("requestId", request -> request.setRequestId("line\n")),
        broken("requestId", request -> request.setRequestId("a/b")),
        broken("account is 'a|b'", request -> request.setAccount("a|b")),
        broken("account", request -> request.setAccount("k\u00f6ln")),
        broken("account", request -> request.setAccount("")),
        broken("user is empty", request -> request.setUser(" ")),
        broken("user has 129", request -> request.setUser("u".repeat(129))),
        broken("user holds a control", request -> request.setUser("a\tb")),
        broken("team is empty", request -> request.setTeam("")),
        broken("team has 129", request -> request.setTeam("t".repeat(129))),
        broken("datasource is empty", request -> request.setDatasource("")),
        broken("datasource holds", request -> request.setDatasource("a\u0000b")),
        broken("question is empty", request -> request.setQuestion("")),
        broken("question is empty", request -> request.setQuestion(" \n\t ")),
        broken("question has 4001", request -> request.setQuestion("q".repeat(4_001))),
        broken("question has 1048576", request -> request.setQuestion("q".repeat(1 << 20))),
        broken("question holds a NUL", request -> request.setQuestion("how\u0000many")),
        broken("preferredTier is 'best'", request -> request.setPreferredTier("best")),
        broken("preferredTier is ''", request -> request.setPreferredTier("")),
        broken("tags has 17", request -> request.setTags(tags(17))),
        broken("tags key is empty", request -> request.setTags(Map.of("", "v"))),
        broken("tags.k is empty", request -> request.setTags(Map.of("k", ""))),
        broken("tags.k has 129", request -> request.setTags(Map.of("k", "v".repeat(129)))),
        broken("tags key has 129", request -> request.setTags(Map.of("k".repeat(129), "v"))),
        broken(
            "context is longer",
            request ->
                request.setContext(
                    RequesterContext.newBuilder().setRole("r".repeat(4_001)).build())));
  }

  private static Arguments broken(String says, Change change) {
    return Arguments.of(says, change);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  void saysWhatIsWrong(String says, Change change) {
    // When
    QueryRequested request =
        change.apply(QueryRequested.newBuilder(Samples.request("acme", "r-1"))).build();

    // Then
    assertThat(RequestRules.violations(request))
        .singleElement()
        .satisfies(violation -> assertThat(violation).startsWith(says).hasSizeLessThan(250));
  }

  static Stream<Arguments> sound() {
    return Stream.of(
        broken("plain", request -> request),
        broken("longest ids", request -> request.setRequestId("x".repeat(64))),
        broken("all characters of an id", request -> request.setAccount("azAZ09._:-")),
        broken("longest question", request -> request.setQuestion("q".repeat(4_000))),
        broken("question of several lines", request -> request.setQuestion("a\nb\tc")),
        broken("other scripts", request -> request.setUser("\u738b\u5c0f\u660e \ud83d\ude00")),
        broken("cheap", request -> request.setPreferredTier("cheap")),
        broken("strong", request -> request.setPreferredTier("strong")),
        broken("sixteen tags", request -> request.setTags(tags(16))),
        broken(
            "context",
            request ->
                request.setContext(
                    RequesterContext.newBuilder()
                        .setRole("analyst")
                        .setTerms(Map.of("churn", "customers that left"))
                        .build())));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("sound")
  void takesWhatKeepsTheRules(String what, Change change) {
    QueryRequested request =
        change.apply(QueryRequested.newBuilder(Samples.request("acme", "r-1"))).build();

    assertThat(RequestRules.violations(request)).as(what).isEmpty();
  }

  @Test
  void namesEverythingThatIsWrongAtOnce() {
    QueryRequested request =
        QueryRequested.newBuilder(Samples.request("", ""))
            .setQuestion("")
            .setPreferredTier("best")
            .build();

    assertThat(RequestRules.violations(request)).hasSize(4);
  }

  @Test
  void namesWhatWasNeverSet() {
    assertThat(RequestRules.violations(new QueryRequested()))
        .containsExactly(
            "requestId is missing",
            "account is missing",
            "user is empty",
            "question is empty",
            "tags is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a\n", "\u00e4", "a/b", "a|b", "a\u0000"})
  void isNoId(String text) {
    assertThat(RequestRules.isId(text)).isFalse();
  }

  private static Map<String, String> tags(int count) {
    Map<String, String> tags = new HashMap<>();
    for (int i = 0; i < count; i++) {
      tags.put("key" + i, "value");
    }
    return tags;
  }
}
