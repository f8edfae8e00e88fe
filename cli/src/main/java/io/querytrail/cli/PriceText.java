package io.querytrail.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.querytrail.audit.money.ClassPrices;
import io.querytrail.audit.money.ModelPrice;
import io.querytrail.audit.money.PriceSchedule;
import io.querytrail.audit.prices.ModelLine;
import io.querytrail.audit.prices.NameLine;
import io.querytrail.audit.prices.ProviderLine;
import io.querytrail.audit.prices.TableDocument;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Price tables for people and as JSON. */
final class PriceText {
  private static final List<String> CLASSES =
      List.of("input", "cached", "cache write", "output", "reasoning");

  private static final ObjectMapper GIVEN =
      Json.MAPPER.copy().setSerializationInclusion(JsonInclude.Include.NON_NULL);

  private PriceText() {}

  /**
   * One entry of a table.
   *
   * @param match the names that it is for; null where it is for its own alone
   */
  record Line(String provider, String model, @Nullable NameLine match, ModelLine price) {
    ObjectNode json(TableDocument table) {
      ObjectNode node = Json.object();
      node.put("version", table.version());
      node.put("currency", table.currency());
      node.put("provider", provider);
      node.put("model", model);
      if (match != null) {
        node.set("match", GIVEN.valueToTree(match));
      }
      node.set("price", GIVEN.valueToTree(price));
      return node;
    }
  }

  static String head(TableDocument table) {
    return "%s, in %s for a million tokens, from %s on%s"
        .formatted(
            table.version(),
            table.currency(),
            table.table().effective(),
            table.source() == null ? "" : " (" + table.source() + ")");
  }

  /** The exact names first, then the rules, in the order in which they are tried. */
  static List<Line> lines(TableDocument table) {
    List<Line> lines = new ArrayList<>();
    Objects.requireNonNullElse(table.models(), Map.<String, ModelLine>of())
        .forEach((key, price) -> {
          int colon = key.indexOf(':');
          lines.add(new Line(key.substring(0, colon), key.substring(colon + 1), null, price));
        });
    for (ProviderLine provider :
        Objects.requireNonNullElse(table.providers(), List.<ProviderLine>of())) {
      for (ProviderLine.Entry entry : provider.models()) {
        lines.add(new Line(provider.id(), entry.id(), entry.match(), entry.price()));
      }
    }
    return lines;
  }

  static String table(List<Line> lines) {
    List<String> headers = new ArrayList<>(List.of("provider", "model"));
    headers.addAll(CLASSES);
    headers.add("more");
    return Tables.of(headers, lines.stream().map(PriceText::row).toList());
  }

  private static List<Object> row(Line line) {
    List<Object> row = new ArrayList<>(List.of(line.provider(), line.model()));
    if (line.price().unpriced() != null) {
      row.addAll(List.of("-", "-", "-", "-", "-", "no price: " + line.price().unpriced()));
      return row;
    }
    ModelPrice price = line.price().standing();
    row.addAll(classes(price.base()));
    List<String> more = new ArrayList<>();
    price.tiers().forEach(tier -> more.add("other above " + tier.above()));
    if (price.batchDiscountPercent() > 0) {
      more.add("batch -" + price.batchDiscountPercent() + "%");
    }
    if (line.price().changes() != null) {
      more.add("changes with time");
    }
    row.add(String.join(", ", more));
    return row;
  }

  private static List<Object> classes(ClassPrices prices) {
    return List.of(
        plain(prices.input()),
        plain(prices.cachedInput()),
        plain(prices.cacheWrite()),
        plain(prices.output()),
        plain(prices.reasoning()));
  }

  private static String plain(BigDecimal price) {
    return price.toPlainString();
  }

  static String model(String name, TableDocument table, PriceSchedule schedule, Instant at) {
    ModelPrice price = schedule.at(at);
    List<List<Object>> rows = new ArrayList<>();
    rows.add(row("any", price.base()));
    price.tiers().forEach(tier -> rows.add(row("above " + tier.above(), tier.prices())));
    List<String> headers = new ArrayList<>(List.of("input tokens"));
    headers.addAll(CLASSES);
    String batch =
        price.batchDiscountPercent() == 0
            ? "batch costs the same"
            : "batch costs " + price.batchDiscountPercent() + " % less";
    String changes =
        schedule.changes().isEmpty()
            ? ""
            : "%nthe price changes with time; this is the one at " + at;
    return "%s by %s%n%s%n%s".formatted(name, head(table), Tables.of(headers, rows), batch)
        + changes.formatted();
  }

  private static List<Object> row(String input, ClassPrices prices) {
    List<Object> row = new ArrayList<>(List.of(input));
    row.addAll(classes(prices));
    return row;
  }

  static ObjectNode json(String name, TableDocument table, ModelPrice price) {
    ObjectNode node = Json.object();
    node.put("model", name);
    node.put("version", table.version());
    node.put("currency", table.currency());
    classes(node, price.base());
    price
        .tiers()
        .forEach(tier -> {
          ObjectNode below = node.withArray("tiers").addObject();
          below.put("above", tier.above());
          classes(below, tier.prices());
        });
    node.put("batchDiscountPercent", price.batchDiscountPercent());
    return node;
  }

  private static void classes(ObjectNode node, ClassPrices prices) {
    node.put("input", prices.input());
    node.put("cachedInput", prices.cachedInput());
    node.put("cacheWrite", prices.cacheWrite());
    node.put("output", prices.output());
    node.put("reasoning", prices.reasoning());
  }
}
