package io.querytrail.generator.cachestore;

import io.querytrail.generator.cache.CacheServer;
import io.querytrail.generator.cache.CacheUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import net.rubyeye.xmemcached.MemcachedClient;
import net.rubyeye.xmemcached.XMemcachedClientBuilder;
import net.rubyeye.xmemcached.exception.MemcachedException;
import net.rubyeye.xmemcached.impl.KetamaMemcachedSessionLocator;
import net.rubyeye.xmemcached.transcoders.CachedData;
import net.rubyeye.xmemcached.transcoders.CompressionMode;
import net.rubyeye.xmemcached.transcoders.Transcoder;
import net.rubyeye.xmemcached.utils.AddrUtil;
import org.jspecify.annotations.Nullable;

/**
 * Memcached servers that share the keys between them. A key whose server is away is nowhere else:
 * what was cleared there must not come back with it. Safe for use by several threads.
 */
public final class MemcachedCacheServer implements CacheServer {
  private static final Duration CONNECT_TIMEOUT = Duration.ofMillis(500);
  private static final Duration RECONNECT = Duration.ofSeconds(1);
  private static final Transcoder<byte[]> BYTES = new BytesTranscoder();

  private final MemcachedClient client;
  private final long timeoutMillis;

  /**
   * @param servers each as {@code HOST:PORT}
   * @param timeout longest wait for an answer
   */
  public MemcachedCacheServer(List<String> servers, Duration timeout) {
    timeoutMillis = Math.max(1, timeout.toMillis());
    XMemcachedClientBuilder builder =
        new XMemcachedClientBuilder(AddrUtil.getAddresses(String.join(" ", servers)));
    builder.setFailureMode(true);
    builder.setSessionLocator(new KetamaMemcachedSessionLocator());
    builder.setConnectTimeout(CONNECT_TIMEOUT.toMillis());
    builder.setHealSessionInterval(RECONNECT.toMillis());
    builder.setOpTimeout(timeoutMillis);
    builder.setName("querytrail-answers");
    try {
      client = builder.build();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open a client of memcached", e);
    }
  }

  @Override
  public String name() {
    return "memcached";
  }

  @Override
  public List<byte @Nullable []> get(List<String> keys) {
    try {
      Map<String, byte[]> found = client.get(keys, timeoutMillis, BYTES);
      List<byte @Nullable []> values = new ArrayList<>();
      keys.forEach(key -> values.add(found == null ? null : found.get(key)));
      return values;
    } catch (TimeoutException | MemcachedException e) {
      throw unavailable(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  @Override
  public void set(Map<String, byte[]> values, @Nullable Duration ttl) {
    int seconds = ttl == null ? 0 : Math.toIntExact(Math.max(1, ttl.toSeconds()));
    long deadline = System.nanoTime() + Duration.ofMillis(timeoutMillis).toNanos();
    try {
      for (Map.Entry<String, byte[]> value : values.entrySet()) {
        long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        client.set(value.getKey(), seconds, value.getValue(), BYTES, Math.max(1, left));
      }
    } catch (TimeoutException | MemcachedException e) {
      throw unavailable(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static CacheUnavailableException unavailable(Exception e) {
    return new CacheUnavailableException("memcached does not answer", e);
  }

  private static CacheUnavailableException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new CacheUnavailableException("nobody waits for memcached any more", e);
  }

  @Override
  public void close() {
    try {
      client.shutdown();
    } catch (IOException e) {
      throw new UncheckedIOException("the client of memcached does not stop", e);
    }
  }

  /** Bytes as they are: nothing is serialized, compressed or taken for an object. */
  private static final class BytesTranscoder implements Transcoder<byte[]> {
    @Override
    public CachedData encode(byte[] bytes) {
      return new CachedData(0, bytes);
    }

    @Override
    public byte[] decode(CachedData data) {
      return data.getData();
    }

    @Override
    public void setPrimitiveAsString(boolean primitiveAsString) {}

    @Override
    public void setPackZeros(boolean packZeros) {}

    @Override
    public void setCompressionThreshold(int to) {}

    @Override
    public void setCompressionMode(CompressionMode mode) {}

    @Override
    public boolean isPrimitiveAsString() {
      return false;
    }

    @Override
    public boolean isPackZeros() {
      return false;
    }
  }
}
