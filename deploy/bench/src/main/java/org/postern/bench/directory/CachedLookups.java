// SPDX-License-Identifier: Apache-2.0
package org.postern.bench.directory;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.postern.core.directory.Account;
import org.postern.core.directory.Directory;
import org.postern.core.directory.Lookup;
import org.postern.core.directory.cache.CacheConfig;
import org.postern.core.directory.cache.CachingDirectory;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailAddress;

/// What a look-up costs that the cache answers, alone and with others at the same time.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
public class CachedLookups {
    private static final int ACCOUNTS = 3000;

    private final List<ForwardPath> known = new ArrayList<>();
    private final CachingDirectory directory =
            new CachingDirectory(new Everybody(), CacheConfig.DEFAULT, new SimpleMeterRegistry());

    /// Fills the cache.
    @Setup
    public void ask() {
        for (int i = 0; i < ACCOUNTS; i++) {
            ForwardPath path = ForwardPath.parse("Account" + i + "@domain" + i % 20 + ".example");
            known.add(path);
            directory.recipient(path, Deadline.in(Duration.ofSeconds(10)));
        }
    }

    @TearDown
    public void close() {
        directory.close();
    }

    private Lookup<Account> lookup() {
        return directory.recipient(
                known.get(ThreadLocalRandom.current().nextInt(ACCOUNTS)), Deadline.in(Duration.ofSeconds(20)));
    }

    @Benchmark
    @Threads(1)
    public Lookup<Account> byOne() {
        return lookup();
    }

    @Benchmark
    @Threads(2)
    public Lookup<Account> byTwo() {
        return lookup();
    }

    @Benchmark
    @Threads(16)
    public Lookup<Account> bySixteen() {
        return lookup();
    }

    private static final class Everybody implements Directory {
        @Override
        public Lookup<Domain> localDomain(Domain domain, Deadline deadline) {
            return new Lookup.Known<>(domain);
        }

        @Override
        public Lookup<Account> recipient(ForwardPath recipient, Deadline deadline) {
            MailAddress address = recipient.address().foldedCase();
            return new Lookup.Known<>(new Account(address, Set.of(), Account.defaultMailbox(address)));
        }

        @Override
        public Lookup<Account> authenticate(String login, String password, Deadline deadline) {
            return new Lookup.Unknown<>();
        }

        @Override
        public void close() {}
    }
}
