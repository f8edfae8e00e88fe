package io.querytrail.generator.cachestore;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SetArgs;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.StaticCredentialsProvider;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import io.querytrail.generator.cache.CacheServer;
import io.querytrail.generator.cache.CacheUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One Redis over one connection, which is begun at once, so that the first question does not wait
 * for it in vain, and made again when it breaks. Commands meanwhile fail at once, since nobody may
 * wait for them. Safe for use by several threads.
 */
public final class RedisCacheServer implements CacheServer {
  private static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration FIRST_RECONNECT = Duration.ofMillis(100);
  private static final Duration LAST_RECONNECT = Duration.ofSeconds(5);
  private static final int THREADS = 2;

  private final Duration timeout;
  private final RedisURI uri;
  private final ClientResources resources;
  private final RedisClient client;
  private CompletableFuture<StatefulRedisConnection<String, byte[]>> connection;

  /**
   * @param url {@code redis://HOST:PORT} or {@code rediss://HOST:PORT}, with a database after a
   *     slash if wanted
   * @param user empty for Redis' default user
   * @param password empty for none
   * @param timeout longest wait for an answer
   */
  public RedisCacheServer(String url, String user, String password, Duration timeout) {
    this.timeout = timeout;
    this.uri = RedisURI.create(url);
    uri.setTimeout(CONNECT_TIMEOUT);
    if (!password.isEmpty()) {
      uri.setCredentialsProvider(
          new StaticCredentialsProvider(user.isEmpty() ? null : user, password.toCharArray()));
    }
    resources =
        DefaultClientResources.builder()
            .ioThreadPoolSize(THREADS)
            .computationThreadPoolSize(THREADS)
            .reconnectDelay(
                Delay.exponential(
                    FIRST_RECONNECT.toMillis(),
                    LAST_RECONNECT.toMillis(),
                    TimeUnit.MILLISECONDS,
                    2))
            .build();
    client = RedisClient.create(resources, uri);
    client.setOptions(
        ClientOptions.builder()
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .socketOptions(SocketOptions.builder().connectTimeout(CONNECT_TIMEOUT).build())
            .build());
    connection = client.connectAsync(CODEC, uri).toCompletableFuture();
  }

  @Override
  public String name() {
    return "redis";
  }

  @Override
  public List<byte @Nullable []> get(List<String> keys) {
    long deadline = System.nanoTime() + timeout.toNanos();
    List<byte @Nullable []> values = new ArrayList<>();
    await(commands(deadline).mget(keys.toArray(String[]::new)), deadline)
        .forEach(pair -> values.add(pair.hasValue() ? pair.getValue() : null));
    return values;
  }

  @Override
  public void set(Map<String, byte[]> values, @Nullable Duration ttl) {
    long deadline = System.nanoTime() + timeout.toNanos();
    RedisAsyncCommands<String, byte[]> commands = commands(deadline);
    if (ttl == null) {
      await(commands.mset(new HashMap<>(values)), deadline);
      return;
    }
    List<RedisFuture<String>> sent = new ArrayList<>();
    values.forEach((key, value) ->
        sent.add(commands.set(key, value, SetArgs.Builder.px(Math.max(1, ttl.toMillis())))));
    sent.forEach(one -> await(one, deadline));
  }

  private RedisAsyncCommands<String, byte[]> commands(long deadline) {
    return await(connection(), deadline).async();
  }

  /** The one there is, or being made; a new one where the last could not be made. */
  private synchronized CompletableFuture<StatefulRedisConnection<String, byte[]>> connection() {
    if (connection.isCompletedExceptionally()) {
      connection = client.connectAsync(CODEC, uri).toCompletableFuture();
    }
    return connection;
  }

  private static <T> T await(Future<T> answer, long deadline) {
    try {
      return answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new CacheUnavailableException("redis does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CacheUnavailableException("nobody waits for redis any more", e);
    }
  }

  @Override
  public void close() {
    client.shutdown(Duration.ZERO, CONNECT_TIMEOUT);
    resources.shutdown(0, CONNECT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }
}
