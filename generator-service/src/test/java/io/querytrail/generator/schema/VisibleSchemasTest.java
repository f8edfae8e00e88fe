package io.querytrail.generator.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class VisibleSchemasTest {
  @Test
  void leavesOutTheSystemWhateverAnAdmissionNames() {
    assertThat(
            VisibleSchemas.of(
                List.of("shop", "pg_catalog", "information_schema", "pg_toast", "pgdata", "app")))
        .containsExactly("app", "pgdata", "shop");
  }
}
