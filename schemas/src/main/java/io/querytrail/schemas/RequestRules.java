package io.querytrail.schemas;

import io.querytrail.events.QueryRequested;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a request must be like; checked by the producer before it is sent, and again by admission.
 */
public final class RequestRules {
  /** Unit: characters. */
  public static final int MAX_QUESTION = 4_000;

  public static final int MAX_TAGS = 16;
  private static final int MAX_NAME = 128;
  private static final int MAX_CONTEXT = 4_000;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,64}");

  private RequestRules() {}

  /** Whether this can be a request id or an account id. */
  public static boolean isId(String id) {
    return ID.matcher(id).matches();
  }

  /** One sentence for each thing that is wrong; empty when the request is well formed. */
  public static List<String> violations(QueryRequested request) {
    List<String> found = new ArrayList<>();
    id(found, "requestId", request.getRequestId());
    id(found, "account", request.getAccount());
    name(found, "user", request.getUser());
    optionalName(found, "team", request.getTeam());
    optionalName(found, "datasource", request.getDatasource());
    question(found, request.getQuestion());
    String tier = request.getPreferredTier();
    if (tier != null && !tier.equals("cheap") && !tier.equals("strong")) {
      found.add("preferredTier is '" + cut(tier) + "'; use \"cheap\", \"strong\" or leave it out");
    }
    tags(found, request.getTags());
    if (request.getContext() != null && request.getContext().toString().length() > MAX_CONTEXT) {
      found.add("context is longer than " + MAX_CONTEXT + " characters");
    }
    return found;
  }

  private static void tags(List<String> found, @Nullable Map<String, String> tags) {
    if (tags == null) {
      found.add("tags is missing");
      return;
    }
    if (tags.size() > MAX_TAGS) {
      found.add("tags has " + tags.size() + " entries; at most " + MAX_TAGS + " are taken");
    }
    tags.forEach((key, value) -> {
      name(found, "tags key", key);
      name(found, "tags." + cut(key), value);
    });
  }

  private static void question(List<String> found, @Nullable String question) {
    if (question == null || question.isBlank()) {
      found.add("question is empty");
    } else if (question.length() > MAX_QUESTION) {
      found.add(
          "question has %d characters; at most %d are taken"
              .formatted(question.length(), MAX_QUESTION));
    } else if (question.indexOf('\0') >= 0) {
      found.add("question holds a NUL character");
    }
  }

  private static void id(List<String> found, String field, @Nullable String value) {
    if (value == null) {
      found.add(field + " is missing");
    } else if (!isId(value)) {
      found.add(field + " is '" + cut(value) + "'; use 1 to 64 characters of A-Z a-z 0-9 . _ : -");
    }
  }

  private static void optionalName(List<String> found, String field, @Nullable String value) {
    if (value != null) {
      name(found, field, value);
    }
  }

  private static void name(List<String> found, String field, @Nullable String value) {
    if (value == null || value.isBlank()) {
      found.add(field + " is empty");
    } else if (value.length() > MAX_NAME) {
      found.add("%s has %d characters; use 1 to %d".formatted(field, value.length(), MAX_NAME));
    } else if (value.chars().anyMatch(Character::isISOControl)) {
      found.add(field + " holds a control character");
    }
  }

  private static String cut(String value) {
    return value.length() <= 80 ? value : value.substring(0, 80) + "...";
  }
}
