package io.querytrail.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProblemsTest {
  /** A record that has a problem of its own and one of a key. */
  private static final ValidConfig BROKEN =
      problems -> {
        problems.add("", "makes no sense");
        problems.add("size", "is odd");
      };

  private final Problems problems = new Problems();

  @Test
  void pathsGoThroughRecordsListsAndMaps() {
    // Given
    Map<String, ValidConfig> byName = new LinkedHashMap<>();
    byName.put("a:b", BROKEN);

    // When
    problems.nested("one", BROKEN);
    problems.each("list", List.of(BROKEN));
    problems.each("map", byName);
    problems.nested("deep", below -> below.nested("down", BROKEN));

    // Then
    assertThat(problems.found())
        .containsExactly(
            "one: makes no sense",
            "one.size: is odd",
            "list[0]: makes no sense",
            "list[0].size: is odd",
            "map.a:b: makes no sense",
            "map.a:b.size: is odd",
            "deep.down: makes no sense",
            "deep.down.size: is odd");
  }

  @Test
  void missingRecordsListsAndMapsAreProblems() {
    // When
    problems.nested("one", null);
    problems.each("list", (@Nullable List<ValidConfig>) null);
    problems.each("map", (@Nullable Map<String, ValidConfig>) null);
    problems.each("holes", Arrays.asList(BROKEN, null).subList(1, 2));
    problems.required("blank", " ");
    problems.required("there", 0);

    // Then
    assertThat(problems.found())
        .containsExactly(
            "one: is missing",
            "list: is missing",
            "map: is missing",
            "holes[0]: is missing",
            "blank: is missing");
  }

  @Test
  void emptyListsAndMapsAreNone() {
    problems.each("list", List.of());
    problems.each("map", Map.of());
    problems.require(true, "key", "is wrong");

    assertThat(problems.found()).isEmpty();
  }
}
