package io.querytrail.audit.money;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Which names of models a price is for. Names are compared in lower case. */
public sealed interface NameRule {
  /** Whether the rule takes the name, which is in lower case. */
  boolean takes(String name);

  record Equal(String text) implements NameRule {
    public Equal {
      text = lower(text);
    }

    @Override
    public boolean takes(String name) {
      return name.equals(text);
    }
  }

  record StartsWith(String text) implements NameRule {
    public StartsWith {
      text = lower(text);
    }

    @Override
    public boolean takes(String name) {
      return name.startsWith(text);
    }
  }

  record EndsWith(String text) implements NameRule {
    public EndsWith {
      text = lower(text);
    }

    @Override
    public boolean takes(String name) {
      return name.endsWith(text);
    }
  }

  record Contains(String text) implements NameRule {
    public Contains {
      text = lower(text);
    }

    @Override
    public boolean takes(String name) {
      return name.contains(text);
    }
  }

  /** The pattern is found somewhere in the name. */
  record Matches(Pattern pattern) implements NameRule {
    @Override
    public boolean takes(String name) {
      return pattern.matcher(name).find();
    }
  }

  record Any(List<NameRule> rules) implements NameRule {
    public Any {
      rules = List.copyOf(rules);
    }

    @Override
    public boolean takes(String name) {
      return rules.stream().anyMatch(rule -> rule.takes(name));
    }
  }

  record All(List<NameRule> rules) implements NameRule {
    public All {
      rules = List.copyOf(rules);
    }

    @Override
    public boolean takes(String name) {
      return rules.stream().allMatch(rule -> rule.takes(name));
    }
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
