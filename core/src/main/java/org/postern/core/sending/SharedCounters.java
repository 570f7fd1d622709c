// SPDX-License-Identifier: Apache-2.0
package org.postern.core.sending;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeoutException;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.redis.jedis.Bucket4jJedis;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultRedisCredentials;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisCredentials;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;

/// Buckets in a Redis or Valkey. A failure costs one question its time-out; then it is not asked for a while.
final class SharedCounters implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SharedCounters.class);
    private static final Duration KEPT = Duration.ofMinutes(1);

    private final SharedCountersConfig config;
    private final RedisClient client;
    private final ProxyManager<byte[]> buckets;
    private final Counter answered;
    private final Counter failed;
    /// When it is asked again, in nanoseconds; 0 while it answers.
    private final AtomicLong silentUntil = new AtomicLong();

    SharedCounters(SharedCountersConfig config, MeterRegistry meters) {
        this.config = config;
        int millis = Math.toIntExact(config.timeout().toMillis());
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxTotal(config.connections());
        pool.setMaxIdle(config.connections());
        pool.setMaxWait(config.timeout());
        pool.setJmxEnabled(false);
        DefaultJedisClientConfig.Builder how = DefaultJedisClientConfig.builder()
                .connectionTimeoutMillis(millis)
                .socketTimeoutMillis(millis);
        if (config.tls()) {
            how.sslOptions(
                    SslOptions.builder().sslVerifyMode(SslVerifyMode.FULL).build());
        }
        if (config.passwordFile().isPresent()) {
            // Read for each connection, so that a changed password needs no restart.
            how.credentialsProvider(this::credentials);
        }
        client = RedisClient.builder()
                .hostAndPort(new HostAndPort(
                        config.address().host(), config.address().port()))
                .clientConfig(how.build())
                .poolConfig(pool)
                .build();
        buckets = Bucket4jJedis.casBasedBuilder(client)
                .expirationAfterWrite(ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(KEPT))
                .requestTimeout(config.timeout())
                .build();
        answered = meters.counter("postern.sending.shared", "result", "answered");
        failed = meters.counter("postern.sending.shared", "result", "failed");
        meters.gauge("postern.sending.shared.up", this, each -> each.silentUntil.get() == 0 ? 1 : 0);
    }

    private RedisCredentials credentials() {
        try {
            String password = Files.readString(config.passwordFile().orElseThrow())
                    .lines()
                    .findFirst()
                    .orElse("");
            return new DefaultRedisCredentials(config.user().orElse(null), password);
        } catch (IOException e) {
            throw new IllegalStateException("sending.shared.password-file: " + e, e);
        }
    }

    /// Takes one; empty when the server does not answer.
    Optional<ConsumptionProbe> take(String key, BucketConfiguration limits) {
        long until = silentUntil.get();
        long now = System.nanoTime();
        // One asks again; the others wait for what that one finds.
        if (until != 0 && (now - until < 0 || !silentUntil.compareAndSet(until, retryAt(now)))) {
            return Optional.empty();
        }
        try {
            ConsumptionProbe probe = buckets.builder()
                    .build((config.prefix() + key).getBytes(StandardCharsets.UTF_8), () -> limits)
                    .tryConsumeAndReturnRemaining(1);
            answered.increment();
            if (silentUntil.getAndSet(0) != 0) {
                LOG.info("sending: {} answers again; all fronts count together", config.address());
            }
            return Optional.of(probe);
        } catch (TimeoutException e) {
            // Others were quicker with the same account each time: it answers all the same.
            failed.increment();
            return Optional.empty();
        } catch (RuntimeException e) {
            failed.increment();
            if (silentUntil.getAndSet(retryAt(System.nanoTime())) == 0) {
                LOG.warn(
                        "sending: {} does not answer; each front counts on its own: {}",
                        config.address(),
                        e.toString());
            }
            return Optional.empty();
        }
    }

    private long retryAt(long now) {
        long at = now + config.retryAfter().toNanos();
        return at == 0 ? 1 : at;
    }

    @Override
    public void close() {
        client.close();
    }
}
