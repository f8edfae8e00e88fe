package io.querytrail.demo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Knows which beginnings of prompts were seen before, in steps of 128 tokens from 1,024 on, as
 * OpenAI's cache does. Remembers a bounded number of them. Safe for use by several threads.
 */
final class PromptCache {
  private static final int STEP = 128;
  private static final int SMALLEST = 1024;
  private static final int REMEMBERED = 20_000;

  /** A collision would make one call of a demo a little cheaper. */
  private record Beginning(String model, int length, long fingerprint) {}

  private final Map<Beginning, Boolean> seen =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Beginning, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** How many tokens of the prompt's beginning are known; from now on all of it is. */
  int cachedTokens(String model, String prompt) {
    Tokens tokens = Tokens.of(prompt);
    List<Beginning> beginnings = beginnings(model, prompt, tokens);
    int cached = 0;
    synchronized (seen) {
      for (int i = 0; i < beginnings.size(); i++) {
        if (seen.put(beginnings.get(i), true) != null) {
          cached = SMALLEST + i * STEP;
        }
      }
    }
    return cached;
  }

  private static List<Beginning> beginnings(String model, String prompt, Tokens tokens) {
    List<Beginning> beginnings = new ArrayList<>();
    long fingerprint = 1;
    int position = 0;
    for (int size = SMALLEST; size <= tokens.count(); size += STEP) {
      int end = tokens.end(size);
      while (position < end) {
        fingerprint = fingerprint * 1_000_003 + prompt.charAt(position++);
      }
      beginnings.add(new Beginning(model, end, fingerprint));
    }
    return beginnings;
  }
}
