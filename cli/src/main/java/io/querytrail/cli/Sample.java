package io.querytrail.cli;

import io.querytrail.demo.ModelServer;
import io.querytrail.demo.ShopDatabase;
import io.querytrail.embedded.EmbeddedPostgres;
import io.querytrail.generator.ProviderConfig;
import io.querytrail.generator.discovery.DatasourceConfig;
import io.querytrail.service.Secret;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Something to ask and somebody to answer: the sample shop and a model server on loopback, or a
 * real provider.
 */
final class Sample implements AutoCloseable {
  static final String DATASOURCE = "shop";
  static final String PROVIDER = "openai";
  private static final String OPENAI = "https://api.openai.com/v1";

  private final StateDirectory state;
  private final Map<String, String> environment;
  private final Consumer<String> progress;
  private @Nullable ModelServer models;

  Sample(StateDirectory state, Map<String, String> environment, Consumer<String> progress) {
    this.state = state;
    this.environment = environment;
    this.progress = progress;
  }

  /**
   * Makes the shop in the server.
   *
   * @param realProvider true to call the provider of OPENAI_BASE_URL with OPENAI_API_KEY
   */
  StackConfig prepare(EmbeddedPostgres postgres, boolean realProvider) {
    String password = state.secret("shop-reader");
    postgres.createDatabaseIfAbsent(DATASOURCE);
    String url = postgres.jdbcUrl(DATASOURCE);
    ShopDatabase.create(url, postgres.superuser(), postgres.password());
    ShopDatabase.createReader(url, postgres.superuser(), postgres.password(), password);
    progress.accept("sample database    " + url);
    Map<String, ProviderConfig> providers = new HashMap<>();
    providers.put(PROVIDER, realProvider ? realProvider() : modelServer());
    return new StackConfig(
        providers,
        Map.of(
            DATASOURCE,
            new DatasourceConfig(
                url, ShopDatabase.READER, new Secret(password), 8, null, null, null, null, null)),
        null,
        null);
  }

  private ProviderConfig modelServer() {
    ModelServer server = ModelServer.start(ModelServer.Options.defaults());
    models = server;
    progress.accept("model server       " + server.baseUrl() + " (ours, on loopback)");
    return ProviderConfig.of(ProviderConfig.Kind.OPENAI, server.baseUrl(), new Secret(""));
  }

  private ProviderConfig realProvider() {
    String key =
        Optional.ofNullable(environment.get("OPENAI_API_KEY"))
            .filter(value -> !value.isBlank())
            .orElseThrow(() ->
                new CommandException(
                    ExitCodes.USAGE, "set OPENAI_API_KEY to use a real model, or leave MODEL out"));
    String baseUrl = environment.getOrDefault("OPENAI_BASE_URL", OPENAI);
    progress.accept("model provider     " + baseUrl);
    return ProviderConfig.of(ProviderConfig.Kind.OPENAI, baseUrl, new Secret(key));
  }

  @Override
  public void close() {
    if (models != null) {
      models.close();
    }
  }
}
