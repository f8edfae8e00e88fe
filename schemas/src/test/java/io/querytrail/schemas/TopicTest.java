package io.querytrail.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TopicTest {
  @ParameterizedTest
  @EnumSource
  void isNamedByProductPluralAndVersion(Topic topic) {
    assertThat(topic.topicName()).matches("querytrail\\.[a-z-]+\\.v1");
  }

  @ParameterizedTest
  @EnumSource
  void isFoundByItsFullAndItsShortName(Topic topic) {
    assertThat(Topic.byName(topic.topicName())).contains(topic);
    assertThat(Topic.byName(topic.shortName())).contains(topic);
  }

  @Test
  void isNotFoundByAnyOtherName() {
    assertThat(Topic.byName("querytrail.requests.v2")).isEmpty();
    assertThat(Topic.byName("")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void isStampedByTheBrokerAndStatesItsRetentionAndItsLargestRecord(Topic topic) {
    assertThat(topic.settings())
        .containsEntry("message.timestamp.type", "LogAppendTime")
        .containsEntry("max.message.bytes", Integer.toString(topic.maxBytes()))
        .containsKey("cleanup.policy")
        .containsKey(
            topic.settings().containsValue("compact") ? "delete.retention.ms" : "retention.ms");
  }

  @Test
  void onlyStatesAreCompacted() {
    assertThat(Arrays.stream(Topic.values()))
        .filteredOn(topic -> topic.settings().containsValue("compact"))
        .containsExactlyInAnyOrder(Topic.BALANCES, Topic.ACCOUNTS, Topic.PRICES);
  }

  @Test
  void deadLetterAndStrayHaveRoomForTheLargestRecordAndMore() {
    assertThat(Topic.DEAD_LETTERS.maxBytes()).isGreaterThan(Topic.REQUESTS.maxBytes());
    assertThat(Topic.REQUESTS_REROUTED.maxBytes()).isGreaterThan(Topic.REQUESTS.maxBytes());
  }

  @Test
  void onlyDeadLettersCarryWhateverCame() {
    assertThat(Arrays.stream(Topic.values()))
        .filteredOn(topic -> topic.eventTypes().isEmpty())
        .containsExactly(Topic.DEAD_LETTERS);
    assertThat(Topic.DEAD_LETTERS.key()).isEqualTo(Topic.Key.ORIGINAL);
  }
}
