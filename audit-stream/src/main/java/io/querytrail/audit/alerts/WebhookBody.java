package io.querytrail.audit.alerts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.querytrail.events.BudgetAlert;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** An alert as JSON: amounts are exact, so they are strings. */
final class WebhookBody {
  private static final ObjectMapper JSON = new ObjectMapper();

  private WebhookBody() {}

  static byte[] of(BudgetAlert alert) {
    ObjectNode body = JSON.createObjectNode();
    body.put("id", alert.getAlertId());
    body.put("type", "budget.threshold_reached");
    body.put("account", alert.getAccount());
    body.put("scope", lower(alert.getScope()));
    body.put("scopeKey", alert.getScopeKey());
    body.put("period", lower(alert.getPeriod()));
    body.put("periodName", alert.getPeriodName());
    body.put("kind", lower(alert.getKind()));
    body.put("thresholdPercent", alert.getThresholdPercent());
    body.put("currency", alert.getCurrency());
    body.put("limit", plain(alert.getLimit()));
    body.put("settled", plain(alert.getSettled()));
    body.put("held", plain(alert.getHeld()));
    body.put("requestId", alert.getRequestId());
    body.put("policyVersion", alert.getPolicyVersion());
    body.put("raisedAt", alert.getRaisedAt().toString());
    try {
      return JSON.writeValueAsString(body).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static String plain(BigDecimal amount) {
    return amount.signum() == 0 ? "0" : amount.stripTrailingZeros().toPlainString();
  }
}
