package io.querytrail.sink.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.querytrail.sink.log.StoreUnavailableException;
import io.querytrail.sink.log.StoreUnusableException;
import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SqlFailuresTest {
  @ParameterizedTest
  @ValueSource(strings = {"22003", "22021", "22P05", "23505", "23514", "54000", "QT001"})
  void blamesTheRows(String state) {
    assertThat(SqlFailures.rowsRefused(new SQLException("x", state))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "08006", "08001", "28P01", "40001", "40P01", "53100", "53300", "55P03", "57P01", "57P03",
        "57014", "58030", "25006", ""
      })
  void blamesTheMoment(String state) {
    SQLException failure = new SQLException("x", state.isEmpty() ? null : state);

    assertThat(SqlFailures.rowsRefused(failure)).isFalse();
    assertThat(SqlFailures.translate(failure))
        .isInstanceOf(StoreUnavailableException.class)
        .hasCause(failure);
  }

  @ParameterizedTest
  @ValueSource(strings = {"42P01", "42501", "0A000", "XX000"})
  void blamesTheSetUp(String state) {
    SQLException failure = new SQLException("x", state);

    assertThat(SqlFailures.rowsRefused(failure)).isFalse();
    assertThat(SqlFailures.translate(failure)).isInstanceOf(StoreUnusableException.class);
  }
}
