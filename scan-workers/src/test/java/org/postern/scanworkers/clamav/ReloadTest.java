// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.filter.FilterFactory.Surroundings;
import org.postern.core.filter.FilterResult;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.Mails;
import org.postern.scanworkers.pool.BackendAddress;
import org.postern.testkit.Clamd;
import org.postern.testkit.Eicar;

/// Signatures are read again while mail flows.
@Timeout(300)
class ReloadTest {
    private static final byte[] NEW = "a pattern nobody knew before the reload".getBytes(StandardCharsets.US_ASCII);
    private static final Duration LONG = Duration.ofSeconds(30);

    private static ClamavConfig config(Optional<Duration> every, String... backends) {
        return new ClamavConfig(
                List.of(backends),
                4,
                1_000,
                Duration.ofSeconds(2),
                Duration.ofSeconds(20),
                Duration.ofMinutes(2),
                ByteSize.ofMiB(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                Duration.ofDays(3),
                new ReloadConfig(every, Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofSeconds(3)),
                List.of());
    }

    private static ClamavFilter filter(String... backends) {
        return (ClamavFilter) new ClamavFilterFactory()
                .create(
                        config(Optional.empty(), backends),
                        new Surroundings(Path.of("."), Path.of("."), new SimpleMeterRegistry()));
    }

    private static String tcp(Clamd clamd) {
        return "127.0.0.1:" + clamd.address().getPort();
    }

    private static MailTransaction mail(String text, int number) {
        return Mails.of("From: a@example.org", "Subject: " + number, "", text);
    }

    private static boolean found(FilterResult result) {
        return result instanceof FilterResult.Findings findings
                && !findings.findings().isEmpty();
    }

    @Test
    void reload_ofTwoUnderLoad_leavesNoMailUnscannedAndBringsTheNewSignatures() throws Exception {
        try (Clamd one = Clamd.options().start();
                Clamd two =
                        Clamd.options().set("ConcurrentDatabaseReload", "no").start();
                ClamavFilter filter = filter(tcp(one), "unix:" + two.socketPath());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(filter.scan(mail(new String(NEW, StandardCharsets.US_ASCII), 0), Deadline.in(LONG)))
                    .isEqualTo(FilterResult.nothing());
            Optional<String> stateBefore = filter.contentState();
            for (Clamd clamd : List.of(one, two)) {
                clamd.addSignature("Postern.New", NEW);
                clamd.addRandomHashes(200_000);
            }
            AtomicBoolean stop = new AtomicBoolean();
            AtomicInteger mails = new AtomicInteger();
            ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
            List<Future<?>> load = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                load.add(threads.submit(() -> {
                    while (!stop.get()) {
                        int number = mails.incrementAndGet();
                        FilterResult bad = filter.scan(mail(Eicar.text(), number), Deadline.in(LONG));
                        if (!found(bad)) {
                            wrong.add("infected: " + bad);
                        }
                        FilterResult good = filter.scan(mail("nothing to see", number), Deadline.in(LONG));
                        if (!good.equals(FilterResult.nothing())) {
                            wrong.add("clean: " + good);
                        }
                    }
                    return null;
                }));
            }
            List<String> progress = new ArrayList<>();
            assertThat(filter.reloadSignatures(progress::add))
                    .as(progress.toString())
                    .isTrue();
            stop.set(true);
            for (Future<?> each : load) {
                each.get();
            }

            assertThat(wrong).isEmpty();
            assertThat(mails).hasValueGreaterThan(20);
            assertThat(filter.contentState()).isPresent().isNotEqualTo(stateBefore);
            String first = progress.stream()
                    .filter(line -> line.contains("taken out"))
                    .findFirst()
                    .orElseThrow();
            assertThat(first).startsWith(tcp(one));
            assertThat(progress)
                    .as("the second is taken out after the first has proven itself")
                    .containsSubsequence(
                            tcp(one) + ": taken out of the pool, finishes its mails",
                            progress.stream()
                                    .filter(line -> line.startsWith(tcp(one) + ": finds the EICAR"))
                                    .findFirst()
                                    .orElse("the first has proven itself"),
                            "unix:" + two.socketPath() + ": taken out of the pool, finishes its mails");
            for (int i = 0; i < 8; i++) {
                assertThat(found(filter.scan(mail(new String(NEW, StandardCharsets.US_ASCII), i), Deadline.in(LONG))))
                        .isTrue();
            }
            assertThat(filter.signatures()).isNotEmpty().allSatisfy(status -> {
                assertThat(status.state()).isEqualTo("up");
                assertThat(status.version()).contains("ClamAV");
            });
        }
    }

    @Test
    void reload_ofTheOnlyOne_doesNotTakeItOut() throws Exception {
        try (Clamd clamd = Clamd.start();
                ClamavFilter filter = filter(tcp(clamd))) {
            assertThat(found(filter.scan(mail(Eicar.text(), 1), Deadline.in(LONG))))
                    .isTrue();
            clamd.addSignature("Postern.New", NEW);
            List<String> progress = new ArrayList<>();
            assertThat(filter.reloadSignatures(progress::add)).isTrue();
            assertThat(progress).isNotEmpty().noneMatch(line -> line.contains("taken out"));
            assertThat(found(filter.scan(mail(new String(NEW, StandardCharsets.US_ASCII), 2), Deadline.in(LONG))))
                    .isTrue();
        }
    }

    @Test
    void reload_ofOneThatIsGone_saysSoAndLeavesTheOthersAlone() throws Exception {
        try (Clamd one = Clamd.start();
                Clamd two = Clamd.start();
                ClamavFilter filter = filter(tcp(one), tcp(two))) {
            assertThat(found(filter.scan(mail(Eicar.text(), 1), Deadline.in(LONG))))
                    .isTrue();
            one.kill();
            List<String> progress = new ArrayList<>();
            assertThat(filter.reloadSignatures(progress::add)).isFalse();
            assertThat(progress).anyMatch(line -> line.contains("does not take the command RELOAD"));
            assertThat(two.log()).doesNotContain("correctly reloaded");
            assertThat(found(filter.scan(mail(Eicar.text(), 2), Deadline.in(LONG))))
                    .isTrue();
        }
    }

    @Test
    void headroom_comparesTheLargestClamdWithWhatIsFree(@TempDir Path proc) throws Exception {
        BackendAddress local = BackendAddress.parse("127.0.0.1:3310");
        Headroom headroom = new Headroom(proc);
        assertThat(headroom.of(local)).isInstanceOf(Headroom.Result.Unknown.class);

        process(proc, "100", "clamd", 900_000);
        process(proc, "200", "clamd", 1_500_000);
        process(proc, "300", "java", 9_000_000);
        assertThat(headroom.of(local)).as("no meminfo").isInstanceOf(Headroom.Result.Unknown.class);
        Files.writeString(proc.resolve("meminfo"), "MemTotal: 8000000 kB\nMemAvailable:   1600000 kB\n");
        assertThat(headroom.of(local))
                .isInstanceOfSatisfying(
                        Headroom.Result.Known.class,
                        known -> assertThat(known.enough()).isTrue());
        Files.writeString(proc.resolve("meminfo"), "MemTotal: 8000000 kB\nMemAvailable:   1400000 kB\n");
        assertThat(headroom.of(local)).isInstanceOfSatisfying(Headroom.Result.Known.class, known -> {
            assertThat(known.enough()).isFalse();
            assertThat(known.detail()).contains("1464 MiB").contains("1367 MiB");
        });
        assertThat(headroom.of(BackendAddress.parse("192.0.2.1:3310"))).isInstanceOf(Headroom.Result.Unknown.class);
    }

    private static void process(Path proc, String pid, String name, long rssKib) throws Exception {
        Path folder = Files.createDirectories(proc.resolve(pid));
        Files.writeString(folder.resolve("comm"), name + "\n");
        Files.writeString(folder.resolve("status"), "Name:\t" + name + "\nVmRSS:\t " + rssKib + " kB\n");
    }
}
