package io.querytrail.demo;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;

/** Reads the command line of the model server. */
final class ModelServerArguments {
  private static final String USAGE =
      "usage: ModelServer [--port N] [--latency-ms MEDIAN] [--seed N] [--key KEY]"
          + " [--models NAME,NAME...]";

  private ModelServerArguments() {}

  static ModelServer.Options parse(List<String> arguments) {
    ModelServer.Options options = ModelServer.Options.defaults();
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      String name = rest.next();
      if (!rest.hasNext()) {
        throw new IllegalArgumentException(name + " needs a value\n" + USAGE);
      }
      options = with(options, name, rest.next());
    }
    return options;
  }

  private static ModelServer.Options with(ModelServer.Options options, String name, String value) {
    Latency latency = options.latency();
    return switch (name) {
      case "--port" -> options.withPort((int) number(name, value));
      case "--key" -> options.withApiKey(value);
      case "--models" -> options.withModels(List.of(value.split(",", -1)));
      case "--latency-ms" ->
          options.withLatency(
              new Latency(
                  Duration.ofMillis(number(name, value)), latency.spread(), latency.seed()));
      case "--seed" ->
          options.withLatency(new Latency(latency.median(), latency.spread(), number(name, value)));
      default -> throw new IllegalArgumentException("unknown option " + name + "\n" + USAGE);
    };
  }

  private static long number(String name, String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " needs a number, not " + value + "\n" + USAGE, e);
    }
  }
}
