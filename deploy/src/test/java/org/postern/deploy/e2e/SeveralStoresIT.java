// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// One front and two stores: alice lives on the one called localhost, carol on the one called 127.0.0.1,
/// and every mail is for both. `kill -9` of one store when it has its part and the other has not
/// answered, with accounting for both mailboxes.
class SeveralStoresIT {
    private static final int MAILS = 400;
    private static final int SENDERS = 8;
    private static final int ROUNDS = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    private final Ledger ledger = new Ledger();
    private final int[] ports;

    @SuppressWarnings("NullAway.Init") // made by the test
    private Site site;

    SeveralStoresIT() throws IOException {
        ports = Site.freePorts(6);
    }

    private PosternProcess startStore(int number) throws IOException, InterruptedException {
        Path own = site.folder().resolve("store" + number);
        Files.createDirectories(own);
        return PosternProcess.serve(
                site.log("store" + number),
                site.arguments(
                        List.of("store"),
                        "node=store" + number,
                        "store.spool.folder=" + own.resolve("spool"),
                        "store.maildir.folder=" + own.resolve("mail"),
                        "store.quarantine.folder=" + own.resolve("quarantine"),
                        "store.handoff.listen=127.0.0.1:" + ports[number],
                        "store.qmqp.listen=127.0.0.1:" + ports[2 + number],
                        "management.listen=127.0.0.1:" + ports[4 + number]));
    }

    private List<Path> delivered(int number) throws IOException {
        Path mail = site.folder().resolve("store" + number).resolve("mail");
        return site.delivered().stream().filter(path -> path.startsWith(mail)).toList();
    }

    private void awaitDelivered(int number, long count, Instant end) throws IOException, InterruptedException {
        while (delivered(number).size() < count && Instant.now().isBefore(end)) {
            Thread.sleep(50);
        }
    }

    private static boolean signal(PosternProcess process, String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
        return kill.waitFor(10, TimeUnit.SECONDS) && kill.exitValue() == 0;
    }

    @Test
    void kill_ofTheStoreThatHasItsPart_whileTheOtherIsSilent_leavesEveryMailOnceInEachMailbox() throws Exception {
        site = Site.init(folder.resolve("site"), "--account", "carol@example.org:geheim");
        Path accounts = site.folder().resolve("accounts.yaml");
        String text = Files.readString(accounts);
        Files.writeString(
                accounts,
                text.replace("\"alice@example.org\":\n", "\"alice@example.org\":\n    mail-host: localhost\n")
                        .replace("\"carol@example.org\":\n", "\"carol@example.org\":\n    mail-host: 127.0.0.1\n"));
        assertThat(Files.readString(accounts)).contains("mail-host: localhost").contains("mail-host: 127.0.0.1");
        Instant end = Instant.now().plus(PATIENCE);
        PosternProcess[] stores = {startStore(0), startStore(1)};
        int cut = 0;
        Load load;
        try (PosternProcess front = PosternProcess.serve(
                        site.log("front"),
                        site.arguments(
                                List.of("front", "--farm", "mx"),
                                "handoff.stores.0=localhost:" + ports[0],
                                "handoff.stores.1=127.0.0.1:" + ports[1],
                                "management.listen=127.0.0.1:0",
                                "farms.mx.deadline=15s"));
                Load started = new Load(
                        site.mxAddress(),
                        List.of(Site.ALICE, "carol@example.org"),
                        ledger,
                        end,
                        SENDERS,
                        MAILS,
                        (id, number) -> ledger.message(id, 500 + number * 37 % 9000, "mail " + number, "Lunch?"))) {
            load = started;
            assertThat(front.isAlive()).isTrue();
            for (int round = 0; round < ROUNDS; round++) {
                load.awaitSettled(MAILS * (round + 1) / (ROUNDS + 2));
                int silent = round % 2;
                int killed = 1 - silent;
                assertThat(signal(stores[silent], "STOP")).isTrue();
                try {
                    // Each sender's next mail: the part of one store is kept and delivered, the other
                    // gives no answer.
                    awaitDelivered(
                            killed,
                            delivered(silent).size() + SENDERS / 2,
                            Instant.now().plusSeconds(10));
                    cut += delivered(killed).size() > delivered(silent).size() ? 1 : 0;
                    stores[killed].kill();
                    stores[killed] = startStore(killed);
                } finally {
                    assertThat(signal(stores[silent], "CONT")).isTrue();
                }
            }
            load.await();
            awaitDelivered(0, ledger.acknowledged(), end);
            awaitDelivered(1, ledger.acknowledged(), end);
            Thread.sleep(2_000); // a second copy would come now
        } finally {
            for (PosternProcess store : stores) {
                boolean _ = signal(store, "CONT");
                store.close();
            }
        }
        System.out.printf(
                "several stores: %d mails, %d acknowledged, %d attempts without an answer, %d deferred%n",
                MAILS, ledger.acknowledged(), load.unanswered(), load.deferred());
        assertThat(ledger.acknowledged()).isEqualTo(MAILS);
        ledger.assertKept(delivered(0));
        ledger.assertKept(delivered(1));
        assertThat(cut).as("rounds in which a mail was cut between its parts").isPositive();
    }
}
