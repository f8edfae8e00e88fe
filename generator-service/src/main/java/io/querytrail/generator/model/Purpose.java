package io.querytrail.generator.model;

/** What a model is called for. */
public enum Purpose {
  GENERATE,
  REPAIR
}
