// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` of the front and of the store under load, with accounting for every mail afterwards.
///
/// Faults F1, F2 and F3: a sender that was told 4yz or nothing at all sends the same mail again, as every MTA does,
/// until it is told 250 or 5yz.
class CrashIT {
    private static final int MAILS = 1_200;
    private static final int SENDERS = 8;
    private static final int KILLS = 6;
    private static final Duration PATIENCE = Duration.ofMinutes(6);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    private final Ledger ledger = new Ledger();
    private final AtomicInteger settled = new AtomicInteger();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicInteger deferred = new AtomicInteger();

    @Test
    void kill_frontAndStoreUnderLoad_everyAcknowledgedMailIsThereOnceAndNoRefusedOne() throws Exception {
        long seed = System.nanoTime();
        Site site = Site.init(folder.resolve("site"));
        Instant end = Instant.now().plus(PATIENCE);
        PosternProcess store = startStore(site);
        PosternProcess front = startFront(site);
        try (ExecutorService senders = Executors.newFixedThreadPool(SENDERS)) {
            List<Future<?>> running = IntStream.range(0, SENDERS)
                    .<Future<?>>mapToObj(sender -> senders.submit(() -> sendShare(site, sender, seed, end)))
                    .toList();
            for (int kill = 0; kill < KILLS; kill++) {
                awaitSettled(MAILS * (kill + 1) / (KILLS + 2), end);
                if (kill % 2 == 0) {
                    store.kill();
                    store = startStore(site);
                } else {
                    front.kill();
                    front = startFront(site);
                }
            }
            for (Future<?> sender : running) {
                sender.get();
            }
            while (site.delivered().size() < ledger.acknowledged()
                    && Instant.now().isBefore(end)) {
                Thread.sleep(200);
            }
            Thread.sleep(2_000); // a second copy would come now
        } finally {
            front.close();
            store.close();
        }
        System.out.printf(
                "crash test: seed %d, %d mails, %d acknowledged, %d attempts without an answer, %d deferred%n",
                seed, MAILS, ledger.acknowledged(), unanswered.get(), deferred.get());
        assertThat(settled).hasValue(MAILS);
        ledger.assertKept(site.delivered());
        assertThat(unanswered.get() + deferred.get())
                .as("the kills must have hurt somebody")
                .isPositive();
        assertThat(ledger.acknowledged()).isGreaterThan(MAILS * 8 / 10);
    }

    private PosternProcess startStore(Site site) throws IOException, InterruptedException {
        return PosternProcess.serve(site.log("store"), site.arguments(List.of("store")));
    }

    private PosternProcess startFront(Site site) throws IOException, InterruptedException {
        return PosternProcess.serve(
                site.log("front"),
                site.arguments(
                        List.of("front", "--farm", "mx"), "management.listen=127.0.0.1:0", "farms.mx.deadline=20s"));
    }

    /// Sends every `SENDERS`th mail, each until it is settled. One mail in ten is one that must be refused.
    private Void sendShare(Site site, int sender, long seed, Instant end) throws InterruptedException, IOException {
        Random random = new Random(seed + sender);
        for (int n = sender; n < MAILS; n += SENDERS) {
            String id = "m" + n;
            boolean unwanted = n % 10 == 9;
            byte[] message = ledger.message(
                    id, 500 + random.nextInt(20_000), "mail " + n, unwanted ? gtube() : "Lunch on Tuesday?");
            String reply = "";
            while (!reply.startsWith("250")
                    && !reply.startsWith("5")
                    && Instant.now().isBefore(end)) {
                try (SmtpSession session = SmtpSession.open(site.mxAddress())) {
                    reply = session.send("bob@example.net", List.of(Site.ALICE), message);
                    if (reply.startsWith("4")) {
                        deferred.incrementAndGet();
                        Thread.sleep(100);
                    }
                } catch (IOException e) {
                    unanswered.incrementAndGet();
                    Thread.sleep(100);
                }
            }
            ledger.told(id, reply);
            settled.incrementAndGet();
        }
        return null;
    }

    private void awaitSettled(int count, Instant end) throws InterruptedException {
        while (settled.get() < count && Instant.now().isBefore(end)) {
            Thread.sleep(20);
        }
    }

    /// The line every spam filter knows, in two parts so that this file is not taken for spam.
    private static String gtube() {
        return "XJS*C4JDBQADN1.NSBN3*2IDNEN*" + "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";
    }
}
