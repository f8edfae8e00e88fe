/** Price tables as people and topics write them. */
@NullMarked
package io.querytrail.audit.prices;

import org.jspecify.annotations.NullMarked;
