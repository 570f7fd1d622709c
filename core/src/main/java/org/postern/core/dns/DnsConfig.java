// SPDX-License-Identifier: Apache-2.0
package org.postern.core.dns;

import java.time.Duration;
import java.util.List;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.config.HostAndPort;
import org.postern.core.limits.ByteSize;

/// How DNS is asked.
@Doc("The recursive DNS servers every check asks, and the cache in front of them.")
public record DnsConfig(
        @Doc("Recursive DNS servers as address:port, asked in turn. Empty: the servers of the operating system."
                + " Use your own caching server: block lists refuse to answer large public ones.")
        @Default("[]")
        List<HostAndPort> servers,

        @Doc("The longest one question may take over all tries, 100ms to 60s. A mail's deadline may end it sooner.")
        @Default("8s")
        Duration timeout,

        @Doc("The longest to wait for one server before the next one is asked, 50ms to 30s.") @Default("2s")
        Duration tryTimeout,

        @Doc("How often a question is sent before it counts as failed, over all servers, 1 to 10.") @Default("4")
        int tries,

        @Doc("Questions in flight at once, 1 to 20000. What comes on top waits, and fails at its deadline.")
        @Default("500")
        int maxQuestions,

        @Doc("Memory for cached answers, 64KiB to 1GiB.") @Default("16MiB")
        ByteSize cacheSize,

        @Doc("The longest an answer is cached whatever its TTL says, 0s to 7d. 0s turns the cache off.") @Default("24h")
        Duration maxTtl,

        @Doc("The longest \"no such name\" and \"no such record\" are cached, 0s to 3h (RFC 2308).") @Default("1h")
        Duration maxNegativeTtl,

        @Doc("How long a failure is remembered before the servers are asked again, 0s to 30s.") @Default("10s")
        Duration failureTtl) {
    public DnsConfig {
        servers = List.copyOf(servers);
        check("timeout", timeout, Duration.ofMillis(100), Duration.ofSeconds(60));
        check("try-timeout", tryTimeout, Duration.ofMillis(50), Duration.ofSeconds(30));
        check("max-ttl", maxTtl, Duration.ZERO, Duration.ofDays(7));
        check("max-negative-ttl", maxNegativeTtl, Duration.ZERO, Duration.ofHours(3));
        check("failure-ttl", failureTtl, Duration.ZERO, Duration.ofSeconds(30));
        if (tries < 1 || tries > 10) {
            throw new IllegalArgumentException("tries must be 1 to 10, not " + tries);
        }
        if (maxQuestions < 1 || maxQuestions > 20_000) {
            throw new IllegalArgumentException("max-questions must be 1 to 20000, not " + maxQuestions);
        }
        if (cacheSize.compareTo(ByteSize.ofKiB(64)) < 0 || cacheSize.compareTo(ByteSize.ofMiB(1024)) > 0) {
            throw new IllegalArgumentException("cache-size must be 64KiB to 1GiB, not " + cacheSize);
        }
    }

    private static void check(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(name + " must be " + least.toMillis() + "ms to " + most.toMillis()
                    + "ms, not " + value.toMillis() + "ms");
        }
    }

    /// All settings as they are when nothing is written.
    public static DnsConfig defaults() {
        return new DnsConfig(
                List.of(),
                Duration.ofSeconds(8),
                Duration.ofSeconds(2),
                4,
                500,
                ByteSize.ofMiB(16),
                Duration.ofHours(24),
                Duration.ofHours(1),
                Duration.ofSeconds(10));
    }

    /// The same with other servers.
    public DnsConfig withServers(List<HostAndPort> others) {
        return new DnsConfig(
                others, timeout, tryTimeout, tries, maxQuestions, cacheSize, maxTtl, maxNegativeTtl, failureTtl);
    }
}
