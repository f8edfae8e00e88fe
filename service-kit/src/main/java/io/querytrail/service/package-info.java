/** What every service needs once: configuration, health, metrics, orderly start and stop. */
@NullMarked
package io.querytrail.service;

import org.jspecify.annotations.NullMarked;
