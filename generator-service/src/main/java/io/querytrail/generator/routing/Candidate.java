package io.querytrail.generator.routing;

import io.querytrail.generator.model.ModelName;

/**
 * A model that an admission allows.
 *
 * @param tier "cheap" or "strong", as the account's policy has it
 */
public record Candidate(ModelName model, String tier) {
  public static final String CHEAP = "cheap";
  public static final String STRONG = "strong";
}
