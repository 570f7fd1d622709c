// SPDX-License-Identifier: Apache-2.0
package org.postern.bench.directory;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.postern.core.config.ConfigFile;
import org.postern.core.directory.Account;
import org.postern.core.directory.Lookup;
import org.postern.core.directory.cache.CacheConfig;
import org.postern.core.directory.cache.CachingDirectory;
import org.postern.core.directory.ldap.LdapConfig;
import org.postern.core.directory.ldap.LdapDirectory;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ForwardPath;
import org.postern.testkit.Slapd;
import org.postern.testkit.TestDirectory;

/// Asks a real slapd for addresses that nobody asked for before, at a fixed rate that does not wait for
/// answers, so that a queue would show. The load, the look-ups and slapd share the machine.
///
/// `ColdLookups [per-second [seconds]]`: exit code 0 when the queue did not grow and every answer was right.
public final class ColdLookups {
    private static final int ACCOUNTS = 100_000;

    private final CachingDirectory directory;
    private final List<String> addresses;
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger wrong = new AtomicInteger();
    private int next;

    private ColdLookups(CachingDirectory directory, List<String> addresses) {
        this.directory = directory;
        this.addresses = addresses;
    }

    public static void main(String[] arguments) throws Exception {
        int rate = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3000;
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10;
        TestDirectory site = TestDirectory.generate(ACCOUNTS, 20, 1);
        List<String> addresses = new ArrayList<>(site.addresses());
        Collections.shuffle(addresses, new Random(1));
        System.out.printf(
                Locale.ROOT,
                "%d accounts, %d processors, load average at the start %.2f%n",
                ACCOUNTS,
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        boolean good;
        try (Slapd slapd = Slapd.start(site.ldif(), "", "index mail,mailAlternateAddress,uid eq\n");
                CachingDirectory directory = new CachingDirectory(
                        new LdapDirectory(config(slapd, site), meters), CacheConfig.DEFAULT, meters)) {
            ColdLookups bench = new ColdLookups(directory, addresses);
            bench.run("warming up", rate / 3, 5);
            bench.run("not counted", rate, 3);
            good = bench.run("measured", rate, seconds);
        }
        System.exit(good ? 0 : 1);
    }

    private static LdapConfig config(Slapd slapd, TestDirectory site) throws Exception {
        Path file = Files.writeString(
                Files.createTempFile("ldap", ".yaml"),
                "servers: [{ address: \"127.0.0.1:" + slapd.address().getPort() + "\", tls: none }]\nbase-dn: "
                        + Slapd.SUFFIX + "\ndomains: [" + String.join(", ", site.domains()) + "]\n");
        return ConfigFile.read(file, List.of(), LdapConfig.class);
    }

    /// Starts one look-up after the other at its time, and writes down how long each took and how many were
    /// under way.
    private boolean run(String name, int rate, int seconds) {
        int count = rate * seconds;
        long[] took = new long[count];
        int[] queue = new int[count];
        long begin = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < count; i++) {
                long due = begin + i * 1_000_000_000L / rate;
                for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                String address = addresses.get(next++ % addresses.size());
                int place = i;
                queue[i] = underWay.incrementAndGet();
                threads.execute(() -> {
                    Lookup<Account> answer =
                            directory.recipient(ForwardPath.parse(address), Deadline.in(Duration.ofSeconds(20)));
                    // From when it should have begun: a late start counts.
                    took[place] = System.nanoTime() - due;
                    underWay.decrementAndGet();
                    if (!(answer instanceof Lookup.Known)) {
                        wrong.incrementAndGet();
                    }
                });
            }
        }
        double elapsed = (System.nanoTime() - begin) / 1e9;
        int firstHalf = (int) mean(queue, 0, count / 2);
        int secondHalf = (int) mean(queue, count / 2, count);
        Arrays.sort(took);
        System.out.printf(
                Locale.ROOT,
                "%s: %d look-ups at %d/s, done after %.1f s (%.0f/s); median %.2f ms, 99 %% %.2f ms, longest %.1f ms;"
                        + " under way on average %d in the first half and %d in the second; wrong answers %d%n",
                name,
                count,
                rate,
                elapsed,
                count / elapsed,
                took[count / 2] / 1e6,
                took[count * 99 / 100] / 1e6,
                took[count - 1] / 1e6,
                firstHalf,
                secondHalf,
                wrong.get());
        return wrong.get() == 0 && secondHalf <= Math.max(64, firstHalf * 2);
    }

    private static double mean(int[] values, int from, int to) {
        return Arrays.stream(values, from, to).average().orElse(0);
    }
}
