// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.postern.testkit.Clamd;

/// The only clamd of a farm is frozen, killed, restarted and made to reload under load.
///
/// Faults S1 to S4 and S9: every sender repeats what it was told 4yz. One mail in five holds a pattern that only clamd
/// knows, so that a mail that was not scanned shows.
class ScannerTroubleIT {
    private static final String PATTERN = "a pattern that no rule but a signature of clamd knows";
    private static final int SENDERS = 6;
    private static final Duration DEADLINE = Duration.ofSeconds(12);
    private static final Duration TROUBLE = Duration.ofSeconds(3);
    private static final Duration RECOVERY = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    private final Ledger ledger = new Ledger();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger deferred = new AtomicInteger();
    private final AtomicLong lastAccepted = new AtomicLong();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean stop = new AtomicBoolean();

    @Test
    void clamdInTroubleUnderLoad_noMailPassesUnscanned_noneIsLostOrDoubled_andAnswersComeInTime() throws Exception {
        Instant end = Instant.now().plus(PATIENCE);
        try (Clamd clamd = Clamd.options().set("ConcurrentDatabaseReload", "no").start()) {
            clamd.addSignature("Postern.Only", PATTERN.getBytes(StandardCharsets.US_ASCII));
            clamd.reload();
            Site site = Site.init(
                    folder.resolve("site"),
                    "--clamd",
                    "127.0.0.1:" + clamd.address().getPort());
            try (PosternProcess _ = PosternProcess.serve(
                            site.log("all"),
                            site.arguments(
                                    List.of("all-in-one"),
                                    "farms.mx.deadline=" + DEADLINE.toSeconds() + "s",
                                    "engines.clamav.max-connections=4"));
                    ExecutorService senders = Executors.newFixedThreadPool(SENDERS)) {
                List<Future<?>> running = IntStream.range(0, SENDERS)
                        .<Future<?>>mapToObj(sender -> senders.submit(() -> sendUntilStopped(site, sender, end)))
                        .toList();
                List<String> recoveries = new ArrayList<>();
                awaitAccepted(end);
                recoveries.add(recovery("frozen", clamd::freeze, clamd::resume, end));
                recoveries.add(recovery("killed", clamd::kill, clamd::restart, end));
                clamd.addRandomHashes(100_000);
                recoveries.add(recovery("reloading", clamd::requestReload, clamd::awaitReady, end));
                recoveries.add(recovery("restarted", clamd::stop, clamd::restart, end));
                PosternProcess.Ended reload =
                        PosternProcess.run("signatures", "reload", "--config", site.folder() + "/postern.yaml");
                assertThat(reload.exit()).as(reload.err()).isZero();
                assertThat(reload.out()).contains("finds the EICAR test file");
                recoveries.add(recovery("reloaded by command", () -> {}, () -> {}, end));
                stop.set(true);
                for (Future<?> each : running) {
                    each.get();
                }
                site.awaitDelivered(ledger.acknowledged(), end);
                System.out.printf(
                        "scanner trouble: %d mails, %d acknowledged, %d answers of 451, recovered %s%n",
                        sent.get(), ledger.acknowledged(), deferred.get(), recoveries);
            }
            assertThat(wrong).isEmpty();
            ledger.assertKept(site.delivered());
            assertThat(deferred).as("the trouble must have hurt somebody").hasPositiveValue();
            assertThat(ledger.acknowledged()).isGreaterThan(50);
        }
    }

    /// Makes trouble for a while, ends it, and says how long it took until a mail was accepted again.
    private String recovery(String name, Runnable trouble, Runnable over, Instant end) throws InterruptedException {
        trouble.run();
        Thread.sleep(TROUBLE);
        over.run();
        long began = System.nanoTime();
        awaitAccepted(end);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        if (took.compareTo(RECOVERY) > 0) {
            wrong.add(name + ": accepted again only " + took.toMillis() + " ms after clamd worked");
        }
        return name + " after " + took.toMillis() + " ms";
    }

    /// Until a mail is accepted whose sender began after now.
    private void awaitAccepted(Instant end) throws InterruptedException {
        long now = System.nanoTime();
        while (lastAccepted.get() - now < 0 && Instant.now().isBefore(end)) {
            Thread.sleep(20);
        }
    }

    private Void sendUntilStopped(Site site, int sender, Instant end) throws InterruptedException {
        for (int n = sender; !stop.get() && Instant.now().isBefore(end); n += SENDERS) {
            boolean infected = n % 5 == 4;
            String id = "m" + n;
            byte[] message = ledger.message(
                    id, 2_000, "mail " + n, infected ? "It holds " + PATTERN + "." : "Lunch on Tuesday?");
            String reply = "";
            while (!reply.startsWith("250")
                    && !reply.startsWith("5")
                    && Instant.now().isBefore(end)) {
                reply = attempt(site, id, message, infected);
            }
            ledger.told(id, reply);
            sent.incrementAndGet();
        }
        return null;
    }

    private String attempt(Site site, String id, byte[] message, boolean infected) throws InterruptedException {
        try (SmtpSession session = SmtpSession.open(site.mxAddress())) {
            long began = System.nanoTime();
            String reply = session.send("bob@example.net", List.of(Site.ALICE), message);
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            if (took.compareTo(DEADLINE.plusSeconds(2)) > 0) {
                wrong.add(id + " was told " + reply + " only after " + took.toMillis() + " ms");
            }
            if (infected && reply.startsWith("250")) {
                wrong.add(id + " was accepted unscanned: " + reply);
            }
            if (!infected && reply.startsWith("5")) {
                wrong.add(id + " was refused: " + reply);
            }
            if (reply.startsWith("250")) {
                lastAccepted.set(System.nanoTime());
            } else if (reply.startsWith("4")) {
                deferred.incrementAndGet();
                Thread.sleep(200);
            }
            return reply;
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("was told 421")) {
                wrong.add(id + ": the server went away: " + e);
            }
            // Back-pressure: what waits for the scanner takes all places.
            deferred.incrementAndGet();
            Thread.sleep(200);
            return "";
        }
    }
}
