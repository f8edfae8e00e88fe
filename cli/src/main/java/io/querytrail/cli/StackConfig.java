package io.querytrail.cli;

import io.querytrail.generator.ProviderConfig;
import io.querytrail.generator.discovery.DatasourceConfig;
import io.querytrail.service.Problems;
import io.querytrail.service.ValidConfig;
import java.util.Map;

/**
 * What a stack in one JVM cannot make up by itself.
 *
 * @param providers of models, by the names that policies use
 * @param datasources to ask, by the names that policies use
 */
record StackConfig(Map<String, ProviderConfig> providers, Map<String, DatasourceConfig> datasources)
    implements ValidConfig {
  @Override
  public void check(Problems problems) {
    problems.each("providers", providers);
    problems.each("datasources", datasources);
  }
}
