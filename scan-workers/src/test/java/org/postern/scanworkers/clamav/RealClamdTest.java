// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postern.scanworkers.Silences.assertSilent;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.ConfigFile;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory.Surroundings;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.scanworkers.Mails;
import org.postern.scanworkers.TestPatterns;
import org.postern.testkit.Clamd;
import org.postern.testkit.Eicar;

/// The filter and a real clamd: frozen, killed, restarted, reloaded. Whatever happens to it, no infected mail is ever
/// called clean.
@Timeout(300)
class RealClamdTest {
    @TempDir
    private Path folder;

    private static final String EICAR_BASE64 = Base64.getMimeEncoder().encodeToString(Eicar.bytes());

    private static Filter filter(ByteSize maxSize, String... backends) {
        return filter(maxSize, Duration.ofSeconds(1), backends);
    }

    private static Filter filter(ByteSize maxSize, Duration probeInterval, String... backends) {
        ClamavConfig config = new ClamavConfig(
                List.of(backends),
                4,
                1_000,
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Duration.ofMinutes(2),
                maxSize,
                probeInterval,
                Duration.ofSeconds(2),
                Duration.ofSeconds(1),
                Duration.ofDays(3),
                ReloadConfig.DEFAULTS,
                List.of());
        return new ClamavFilterFactory()
                .create(config, new Surroundings(Path.of("."), Path.of("."), new SimpleMeterRegistry()));
    }

    private static Filter filter(String... backends) {
        return filter(ByteSize.ofMiB(1), backends);
    }

    private static String tcp(Clamd clamd) {
        return "127.0.0.1:" + clamd.address().getPort();
    }

    private static MailTransaction clean(int number) {
        return Mails.of("From: a@example.org", "Subject: clean " + number, "", "Nothing to see, number " + number);
    }

    private static MailTransaction infected(int number) {
        return Mails.of(
                "From: a@example.org",
                "Subject: infected " + number,
                "MIME-Version: 1.0",
                "Content-Type: application/octet-stream",
                "Content-Transfer-Encoding: base64",
                "",
                EICAR_BASE64);
    }

    private static FilterResult scan(Filter filter, MailTransaction mail) throws InterruptedException {
        return filter.scan(mail, Deadline.in(Duration.ofSeconds(20)));
    }

    private static boolean isVirus(FilterResult result) {
        return result instanceof FilterResult.Findings found
                && found.findings().stream().anyMatch(f -> f.symbol().equals("CLAMAV_VIRUS"));
    }

    private static void awaitAnswer(Filter filter) throws InterruptedException {
        while (scan(filter, clean(0)) instanceof NoVerdict) {
            Thread.sleep(50);
        }
    }

    @Test
    void scan_overTcpAndUnixSocket_findsTheVirusAndLetsTheRestPass() throws Exception {
        try (Clamd clamd = Clamd.start()) {
            for (String address : List.of(tcp(clamd), "unix:" + clamd.socketPath())) {
                try (Filter filter = filter(address)) {
                    assertThat(scan(filter, clean(1))).as(address).isEqualTo(FilterResult.nothing());
                    assertThat(isVirus(scan(filter, infected(1)))).as(address).isTrue();
                    assertThat(filter.status(Deadline.in(Duration.ofSeconds(10)))
                                    .description())
                            .contains("ClamAV");
                }
            }
        }
    }

    @Test
    void scan_beyondWhatClamdLooksThrough_givesNoVerdictInsteadOfClean() throws Exception {
        try (Clamd clamd = Clamd.options().set("MaxFileSize", "500K").start();
                Filter filter = filter(ByteSize.ofMiB(4), tcp(clamd))) {
            assertThat(clamd.scan(LARGE)).as("what clamd itself says").isEqualTo("stream: OK");
            assertSilent(scan(filter, Mails.of(LARGE)), NoVerdictReason.TOO_LARGE);
            assertThat(isVirus(scan(filter, infected(1)))).isTrue();
        }
    }

    /// 770,000 octets with the EICAR test file behind them.
    private static final byte[] LARGE = ("From: a@example.org\r\nMIME-Version: 1.0\r\n"
                    + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"
                    + "Seven hundred thousand octets of nothing, and then it comes.\r\n".repeat(12_500)
                    + "--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                    + EICAR_BASE64 + "\r\n--b--\r\n")
            .getBytes(StandardCharsets.US_ASCII);

    /// It was away between two mails, and no probe saw it: nothing but the end of our session with it tells.
    @Test
    void scan_whenClamdCameBackWithSmallerLimits_doesNotTrustWhatItScannedBefore() throws Exception {
        for (String limit : List.of("MaxFileSize", "StreamMaxLength")) {
            try (Clamd clamd = Clamd.start();
                    Filter filter = filter(ByteSize.ofMiB(1), Duration.ofHours(1), tcp(clamd))) {
                assertThat(isVirus(scan(filter, Mails.of(LARGE)))).isTrue();
                clamd.stop();
                clamd.set(limit, "500K");
                clamd.restart();
                assertSilent(scan(filter, Mails.of(LARGE)), NoVerdictReason.TOO_LARGE);
                assertThat(isVirus(scan(filter, infected(1)))).isTrue();
            }
        }
    }

    @Test
    void scan_whileClamdReloads_endsNoSession() throws Exception {
        try (Clamd clamd = Clamd.start();
                Filter filter = filter(ByteSize.ofMiB(1), Duration.ofHours(1), tcp(clamd))) {
            assertThat(isVirus(scan(filter, Mails.of(LARGE)))).isTrue();
            Set<String> before = sessions(clamd);
            clamd.reload();
            assertThat(isVirus(scan(filter, Mails.of(LARGE)))).isTrue();
            assertThat(sessions(clamd)).isEqualTo(before).hasSize(1);
        }
    }

    /// The local ports of connections to a clamd that works on nothing.
    private static Set<String> sessions(Clamd clamd) throws Exception {
        String port = String.format(":%04X", clamd.address().getPort());
        Set<String> local = new HashSet<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            Files.readAllLines(Path.of(table)).stream()
                    .map(line -> line.strip().split("\\s+"))
                    .filter(fields -> fields[2].endsWith(port) && fields[3].equals("01"))
                    .forEach(fields -> local.add(fields[1]));
        }
        return local;
    }

    @Test
    void scan_whileClamdIsFrozenKilledAndRestarted_neverCallsAVirusClean() throws Exception {
        try (Clamd one = Clamd.start();
                Filter filter = filter(tcp(one))) {
            awaitAnswer(filter);
            try (Load load = new Load(filter, 6)) {
                load.runFor(Duration.ofMillis(700));
                one.freeze();
                load.runFor(Duration.ofSeconds(4));
                one.resume();
                load.untilAnswers();
                one.kill();
                load.runFor(Duration.ofSeconds(2));
                one.restart();
                load.untilAnswers();
                one.requestReload();
                load.runFor(Duration.ofSeconds(1));
                load.untilAnswers();
                load.check();
            }
        }
    }

    private static void awaitState(Filter filter, String state) throws InterruptedException {
        while (!filter.health().description().contains(" " + state + " (")) {
            Thread.sleep(20);
        }
    }

    @Test
    void health_tellsLoadingUpReloadingAndDeadApart() throws Exception {
        try (Clamd clamd = Clamd.start()) {
            clamd.freeze();
            try (Filter filter = filter(tcp(clamd))) {
                awaitState(filter, "LOADING");
                clamd.resume();
                awaitState(filter, "UP");
                clamd.freeze();
                awaitState(filter, "RELOADING");
                clamd.resume();
                awaitState(filter, "UP");
                clamd.kill();
                awaitState(filter, "DEAD");
                clamd.restart();
                awaitState(filter, "UP");
                assertThat(isVirus(scan(filter, infected(1)))).isTrue();
            }
        }
    }

    @Test
    void scan_whileOneOfTwoIsFrozen_isAnsweredByTheOther() throws Exception {
        try (Clamd one = Clamd.start();
                Clamd two = Clamd.start();
                Filter filter = filter(tcp(one), "unix:" + two.socketPath())) {
            filter.status(Deadline.in(Duration.ofSeconds(20)));
            one.freeze();
            for (int i = 0; i < 12; i++) {
                assertThat(isVirus(scan(filter, infected(i)))).isTrue();
                assertThat(scan(filter, clean(i))).isEqualTo(FilterResult.nothing());
            }
            one.resume();
        }
    }

    @Test
    void scan_whileClamdReloadsWithoutServing_waitsOrSaysSo() throws Exception {
        try (Clamd clamd = Clamd.options()
                        .set("ConcurrentDatabaseReload", "no")
                        .randomHashes(300_000)
                        .start();
                Filter filter = filter(tcp(clamd))) {
            awaitAnswer(filter);
            try (Load load = new Load(filter, 4)) {
                load.runFor(Duration.ofMillis(500));
                clamd.requestReload();
                load.runFor(Duration.ofSeconds(3));
                load.untilAnswers();
                load.check();
            }
        }
    }

    @Test
    void scan_whileClamdStarts_givesNoVerdictUntilItServes() throws Exception {
        try (Clamd clamd =
                        Clamd.options().randomHashes(300_000).withoutWaiting().start();
                Filter filter = filter(tcp(clamd))) {
            int silent = 0;
            FilterResult result = scan(filter, infected(0));
            while (!isVirus(result)) {
                assertThat(result).isInstanceOf(NoVerdict.class);
                silent++;
                Thread.sleep(50);
                result = scan(filter, infected(0));
            }
            System.out.println(silent + " mails without verdict while clamd started");
        }
    }

    /// Clean and infected mails, in turns, on some threads, for as long as a test wants.
    private static final class Load implements AutoCloseable {
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        private final List<Future<?>> workers = new ArrayList<>();
        private final AtomicBoolean stop = new AtomicBoolean();
        private final AtomicInteger number = new AtomicInteger();
        private final AtomicInteger wrong = new AtomicInteger();
        private final AtomicInteger late = new AtomicInteger();
        private final AtomicInteger silent = new AtomicInteger();
        private final AtomicInteger found = new AtomicInteger();
        private final AtomicInteger passed = new AtomicInteger();

        Load(Filter filter, int count) {
            for (int i = 0; i < count; i++) {
                workers.add(threads.submit(() -> {
                    while (!stop.get()) {
                        one(filter);
                        Thread.sleep(5);
                    }
                    return null;
                }));
            }
        }

        private void one(Filter filter) throws InterruptedException {
            int n = number.incrementAndGet();
            boolean bad = n % 2 == 0;
            Deadline deadline = Deadline.in(Duration.ofSeconds(8));
            FilterResult result = filter.scan(bad ? infected(n) : clean(n), deadline);
            if (deadline.remaining().isZero()) {
                late.incrementAndGet();
            }
            if (result instanceof NoVerdict) {
                silent.incrementAndGet();
            } else if (isVirus(result)) {
                (bad ? found : wrong).incrementAndGet();
            } else {
                (bad ? wrong : passed).incrementAndGet();
            }
        }

        void runFor(Duration time) throws InterruptedException {
            Thread.sleep(time);
        }

        void untilAnswers() throws InterruptedException {
            int foundBefore = found.get();
            int passedBefore = passed.get();
            while (found.get() == foundBefore || passed.get() == passedBefore) {
                Thread.sleep(20);
            }
        }

        void check() throws Exception {
            stop.set(true);
            for (Future<?> worker : workers) {
                worker.get();
            }
            System.out.println(number + " mails: " + found + " found, " + passed + " passed, " + silent + " silent, "
                    + wrong + " wrong, " + late + " at their deadline");
            assertThat(wrong).hasValue(0);
            assertThat(found.get()).isPositive();
            assertThat(passed.get()).isPositive();
        }

        @Override
        public void close() {
            stop.set(true);
            threads.shutdownNow();
        }
    }

    @Test
    void clamd_thatMissesASampleOfTheSite_leavesThePool() throws Exception {
        byte[] eicar = TestPatterns.eicar().getBytes(StandardCharsets.US_ASCII);
        Files.write(folder.resolve("sample"), eicar);
        Files.writeString(folder.resolve("letter"), "Nothing to see.");
        try (Clamd clamd = Clamd.start()) {
            String signature = clamd.scan(eicar).replaceAll("stream: | FOUND|\\.UNOFFICIAL", "");
            try (Filter filter = withCanaries(
                    clamd, "[{ file: sample, expect: " + signature + " }, { file: letter, expect: clean }]")) {
                awaitAnswer(filter);
                assertThat(isVirus(scan(filter, infected(1)))).isTrue();
            }
            for (String wrong : List.of("{ file: sample, expect: Other.Signature }", "{ file: letter, expect: Any }")) {
                try (Filter filter = withCanaries(clamd, "[" + wrong + "]")) {
                    assertThat(filter.status(Deadline.in(Duration.ofSeconds(10)))
                                    .description())
                            .contains("DEAD", "the canary");
                    assertThat(scan(filter, infected(1))).isInstanceOf(NoVerdict.class);
                }
            }
        }
    }

    private Filter withCanaries(Clamd clamd, String canaries) {
        ClamavConfig config = ConfigFile.parse(
                "postern.yaml",
                folder,
                "{ backends: [\"" + tcp(clamd) + "\"], canaries: " + canaries + " }",
                List.of(),
                ClamavConfig.class);
        return new ClamavFilterFactory().create(config, new Surroundings(folder, folder, new SimpleMeterRegistry()));
    }
}
