package io.querytrail.generator.model;

/**
 * One model of one provider.
 *
 * @param provider as this service's configuration spells it
 * @param model as the provider spells it
 */
public record ModelName(String provider, String model) {
  @Override
  public String toString() {
    return provider + ":" + model;
  }
}
