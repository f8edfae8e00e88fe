package io.querytrail.generator;

import io.querytrail.generator.discovery.DatasourceConfig;
import io.querytrail.generator.prompt.PromptWriter;
import io.querytrail.generator.schema.SchemaReading;
import io.querytrail.generator.schema.SchemaSource;
import io.querytrail.generator.schema.VisibleSchemas;
import java.util.Map;
import java.util.SortedSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the schemas that a configuration names before a question needs them. */
final class SchemaWarmUp {
  private static final Logger LOG = LoggerFactory.getLogger(SchemaWarmUp.class);

  private SchemaWarmUp() {}

  /** Begins, and lets nobody wait: a database that is down keeps nothing from starting. */
  static void start(
      Map<String, DatasourceConfig> datasources, SchemaSource schemas, PromptWriter prompts) {
    datasources.forEach((name, config) -> {
      SortedSet<String> visible = VisibleSchemas.of(config.warm());
      if (!visible.isEmpty()) {
        Thread.ofVirtual()
            .name("warm-up-" + name)
            .start(() -> warm(name, schemas.read(name, visible), prompts));
      }
    });
  }

  private static void warm(String datasource, SchemaReading reading, PromptWriter prompts) {
    if (reading instanceof SchemaReading.Known known) {
      prompts.prepare(known.schema());
      LOG.atInfo()
          .addKeyValue("datasource", datasource)
          .addKeyValue("relations", known.schema().relations().size())
          .log("schema read ahead");
    }
  }
}
