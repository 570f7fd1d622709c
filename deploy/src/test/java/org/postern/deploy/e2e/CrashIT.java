// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` of the front and of the store under load, with accounting for every mail afterwards.
///
/// Faults F1, F2 and F3: a sender that was told 4yz or nothing at all sends the same mail again, as every
/// MTA does, until it is told 250 or 5yz.
class CrashIT {
    private static final int MAILS = 1_200;
    private static final int STOPPED_MAILS = 400;
    private static final Duration STOP_MAX = Duration.ofSeconds(30);
    private static final int SENDERS = 8;
    private static final int KILLS = 6;
    private static final Duration PATIENCE = Duration.ofMinutes(6);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    private final Ledger ledger = new Ledger();

    @Test
    void kill_frontAndStoreUnderLoad_everyAcknowledgedMailIsThereOnceAndNoRefusedOne() throws Exception {
        long seed = System.nanoTime();
        Site site = Site.init(folder.resolve("site"));
        Instant end = Instant.now().plus(PATIENCE);
        PosternProcess store = startStore(site);
        PosternProcess front = startFront(site);
        Load load = load(site, end, MAILS, seed);
        try (load) {
            for (int kill = 0; kill < KILLS; kill++) {
                load.awaitSettled(MAILS * (kill + 1) / (KILLS + 2));
                if (kill % 2 == 0) {
                    store.kill();
                    store = startStore(site);
                } else {
                    front.kill();
                    front = startFront(site);
                }
            }
            load.await();
            site.awaitDelivered(ledger.acknowledged(), end);
        } finally {
            front.close();
            store.close();
        }
        System.out.printf(
                "crash test: seed %d, %d mails, %d acknowledged, %d attempts without an answer, %d deferred%n",
                seed, MAILS, ledger.acknowledged(), load.unanswered(), load.deferred());
        assertThat(load.settled()).isEqualTo(MAILS);
        ledger.assertKept(site.delivered());
        assertThat(load.unanswered() + load.deferred())
                .as("the kills must have hurt somebody")
                .isPositive();
        assertThat(ledger.acknowledged()).isGreaterThan(MAILS * 8 / 10);
    }

    private Load load(Site site, Instant end, int mails, long seed) {
        return new Load(
                site.mxAddress(),
                List.of(Site.ALICE),
                ledger,
                end,
                SENDERS,
                mails,
                (id, number) -> message(id, number, seed));
    }

    /// Fault F12.
    @Test
    void sigterm_frontAndStoreUnderLoad_endsEachInTime_andEveryMailIsThereOnce() throws Exception {
        long seed = System.nanoTime();
        Site site = Site.init(folder.resolve("site"));
        Instant end = Instant.now().plus(PATIENCE);
        PosternProcess store = startStore(site);
        PosternProcess front = startFront(site);
        Load load = load(site, end, STOPPED_MAILS, seed);
        try (load) {
            load.awaitSettled(STOPPED_MAILS / 4);
            assertThat(store.terminate(STOP_MAX)).isZero();
            store = startStore(site);
            load.awaitSettled(STOPPED_MAILS / 2);
            assertThat(front.terminate(STOP_MAX)).isZero();
            front = startFront(site);
            load.await();
            site.awaitDelivered(ledger.acknowledged(), end);
        } finally {
            front.close();
            store.close();
        }
        assertThat(load.settled()).isEqualTo(STOPPED_MAILS);
        assertThat(load.unanswered() + load.deferred())
                .as("senders must have noticed")
                .isPositive();
        ledger.assertKept(site.delivered());
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

    /// One mail in ten is one that must be refused.
    private byte[] message(String id, int number, long seed) {
        int size = 500 + new Random(seed + number).nextInt(20_000);
        return ledger.message(id, size, "mail " + number, number % 10 == 9 ? gtube() : "Lunch on Tuesday?");
    }

    /// The line every spam filter knows, in two parts so that this file is not taken for spam.
    private static String gtube() {
        return "XJS*C4JDBQADN1.NSBN3*2IDNEN*" + "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";
    }
}
