package io.querytrail.audit.prices;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Prices of a call with a larger input; what is left out costs what it costs below.
 *
 * @param above the tier is for calls with more input tokens than this
 */
public record TierLine(
    @Nullable Long above,
    @Nullable BigDecimal input,
    @Nullable BigDecimal cachedInput,
    @Nullable BigDecimal cacheWrite,
    @Nullable BigDecimal output,
    @Nullable BigDecimal reasoning) {
  ClassLine classes() {
    return new ClassLine(input, cachedInput, cacheWrite, output, reasoning);
  }
}
