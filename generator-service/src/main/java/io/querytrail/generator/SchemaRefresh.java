package io.querytrail.generator;

import io.querytrail.generator.schema.CachingSchemaSource;
import io.querytrail.generator.schema.Refreshed;
import io.querytrail.generator.schema.SchemaReading;
import io.querytrail.service.AdminServer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the kept schemas of a datasource again when somebody says so. */
public final class SchemaRefresh implements AdminServer.Order {
  /** Takes the parameter {@code datasource}. */
  public static final String PATH = "/schema/refresh";

  private final CachingSchemaSource schemas;
  private final Set<String> datasources;

  SchemaRefresh(CachingSchemaSource schemas, Set<String> datasources) {
    this.schemas = schemas;
    this.datasources = Set.copyOf(datasources);
  }

  @Override
  public Object carryOut(Function<String, @Nullable String> parameters) {
    String datasource = parameters.apply("datasource");
    if (datasource == null || !datasources.contains(datasource)) {
      throw new IllegalArgumentException(
          datasource == null
              ? "the parameter datasource is missing"
              : "the generator's configuration has no datasource '" + datasource + "'");
    }
    long start = System.nanoTime();
    var read = schemas.refresh(datasource).stream().map(SchemaRefresh::told).toList();
    return Map.of("read", read, "millis", (System.nanoTime() - start) / 1_000_000);
  }

  private static Map<String, Object> told(Refreshed refreshed) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("schemas", refreshed.schemas());
    told.put("fingerprintBefore", refreshed.fingerprintBefore());
    switch (refreshed.reading()) {
      case SchemaReading.Known known -> {
        told.put("fingerprint", known.schema().fingerprint());
        told.put("relations", known.schema().relations().size());
      }
      case SchemaReading.Unavailable unavailable -> told.put("error", unavailable.reason());
      case SchemaReading.UnknownDatasource unknown -> told.put("error", "it is not configured");
    }
    return told;
  }
}
