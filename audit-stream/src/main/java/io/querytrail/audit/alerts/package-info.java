/** Budget alerts on their way to a webhook, by a consumer of its own. */
@NullMarked
package io.querytrail.audit.alerts;

import org.jspecify.annotations.NullMarked;
