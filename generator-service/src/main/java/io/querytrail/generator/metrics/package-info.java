/** What is measured, under the names that dashboards know. */
@NullMarked
package io.querytrail.generator.metrics;

import org.jspecify.annotations.NullMarked;
