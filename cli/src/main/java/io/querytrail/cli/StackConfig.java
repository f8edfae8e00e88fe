package io.querytrail.cli;

import io.querytrail.audit.alerts.AlertWebhookConfig;
import io.querytrail.generator.AnswerCacheConfig;
import io.querytrail.generator.ProviderConfig;
import io.querytrail.generator.discovery.DatasourceConfig;
import io.querytrail.service.Problems;
import io.querytrail.service.ValidConfig;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a stack in one JVM cannot make up by itself.
 *
 * @param providers of models, by the names that policies use
 * @param datasources to ask, by the names that policies use
 * @param answerCache where answers are kept; without it none are
 * @param alertWebhook where budget alerts are posted to; nowhere without it
 */
record StackConfig(
    Map<String, ProviderConfig> providers,
    Map<String, DatasourceConfig> datasources,
    @Nullable AnswerCacheConfig answerCache,
    @Nullable AlertWebhookConfig alertWebhook)
    implements ValidConfig {
  @Override
  public void check(Problems problems) {
    AnswerCacheConfig.check(problems, answerCache, datasources);
    problems.each("providers", providers);
    problems.each("datasources", datasources);
    if (alertWebhook != null) {
      problems.nested("alertWebhook", alertWebhook);
    }
  }
}
