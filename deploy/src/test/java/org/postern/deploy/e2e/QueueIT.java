// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.json.Json;

/// The queue and the quarantine of the packaged server, as somebody works on them who has only read the guide.
class QueueIT {
    private static final String CAROL = "carol@example.org";
    private static final Pattern TRANSACTION = Pattern.compile("[0-7][0-9a-hjkmnp-tv-z]{25}");

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    private final Ledger ledger = new Ledger();

    @SuppressWarnings("NullAway.Init") // made by each test
    private Site site;

    private PosternProcess start(String... settings) throws IOException, InterruptedException {
        site = Site.init(folder.resolve("site"), "--account", CAROL + ":geheim");
        List<String> all = new ArrayList<>(List.of(settings));
        all.addAll(List.of("farms.mx.limits.mails-at-once=20", "farms.submission.limits.mails-at-once=20"));
        return PosternProcess.serve(site.log("all"), site.arguments(List.of("all-in-one"), all.toArray(String[]::new)));
    }

    private PosternProcess.Ended ended(String... words) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--config", site.folder().resolve("postern.yaml").toString()));
        return PosternProcess.run(all.toArray(String[]::new));
    }

    private String run(String... words) throws IOException, InterruptedException {
        PosternProcess.Ended ended = ended(words);
        assertThat(ended.exit())
                .as(String.join(" ", words) + ": " + ended.err())
                .isZero();
        return ended.out();
    }

    /// The rows that a command prints for programs.
    private List<Map<?, ?>> rows(String... words) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(words));
        all.add("--json");
        List<Map<?, ?>> rows = new ArrayList<>();
        for (String line : run(all.toArray(String[]::new)).lines().toList()) {
            rows.add(Json.readObject(line));
        }
        return rows;
    }

    /// Sends a mail and returns the transaction that the 250 names.
    private String send(String id, String body, String... recipients) throws IOException {
        try (SmtpSession session = SmtpSession.open(site.mxAddress())) {
            String reply = session.send("bob@example.net", List.of(recipients), ledger.message(id, 700, id, body));
            ledger.told(id, reply);
            Matcher transaction = TRANSACTION.matcher(reply);
            assertThat(reply.startsWith("250") && transaction.find()).as(reply).isTrue();
            return transaction.group();
        }
    }

    private List<Path> mailbox(String user) throws IOException {
        Path mail = site.folder().resolve("mail/example.org").resolve(user);
        return site.delivered().stream().filter(path -> path.startsWith(mail)).toList();
    }

    private void awaitMails(String user, int count) throws IOException, InterruptedException {
        Instant end = Instant.now().plusSeconds(30);
        while (mailbox(user).size() < count && Instant.now().isBefore(end)) {
            Thread.sleep(50);
        }
        assertThat(mailbox(user)).as(user).hasSize(count);
    }

    private void awaitTry(String transaction) throws IOException, InterruptedException {
        Instant end = Instant.now().plusSeconds(30);
        while (!run("queue", "show", transaction).contains("is not a folder")) {
            assertThat(Instant.now()).isBefore(end);
        }
    }

    @Test
    void queue_isPausedHeldReleasedDeletedAndTriedAgain() throws Exception {
        try (PosternProcess server = start()) {
            assertThat(server.isAlive()).isTrue();
            assertThat(run("queue", "pause")).contains("paused until postern queue resume");
            String held = send("held", "one", Site.ALICE);
            String deleted = send("deleted", "two", Site.ALICE);
            String both = send("both", "three", Site.ALICE, CAROL);
            assertThat(run("status")).contains("paused");
            assertThat(rows("queue", "stats").getFirst().get("mails")).hasToString("3");
            assertThat(rows("queue", "list")).hasSize(3).allSatisfy(row -> {
                assertThat(row.get("state")).isEqualTo("waiting");
                assertThat(row.get("sender")).isEqualTo("<bob@example.net>");
            });
            assertThat(rows("queue", "list", "--recipient", CAROL))
                    .extracting(row -> String.valueOf(row.get("id")))
                    .singleElement()
                    .asString()
                    .endsWith(both);

            assertThat(run("queue", "hold", held)).contains("held");
            assertThat(run("queue", "delete", deleted)).contains("deleted");
            assertThat(ended("queue", "show", deleted).exit()).isOne();
            assertThat(mailbox("alice")).isEmpty();

            // Carol's mailbox cannot be made: her mail waits, alice's does not.
            Path box = site.folder().resolve("mail/example.org/carol");
            Files.createDirectories(box.getParent());
            Files.createFile(box);
            assertThat(run("queue", "resume")).contains("deliveries go on");
            awaitMails("alice", 1);
            awaitTry(both);
            assertThat(run("queue", "show", both)).contains("to " + Site.ALICE).contains("done");
            assertThat(rows("queue", "list", "--state", "held"))
                    .extracting(row -> String.valueOf(row.get("id")))
                    .singleElement()
                    .asString()
                    .endsWith(held);
            Files.delete(box);
            assertThat(run("queue", "retry", both)).contains("1 mail is tried now");
            awaitMails("carol", 1);
            assertThat(run("queue", "release", held)).contains("released");
            awaitMails("alice", 2);
            assertThat(rows("queue", "list")).isEmpty();
            assertThat(run("queue", "list")).contains("the queue is empty");
        }
    }

    @Test
    void quarantine_isListedShownReleasedAndDeleted() throws Exception {
        try (PosternProcess server = start("farms.mx.thresholds.reject=100000")) {
            assertThat(server.isAlive()).isTrue();
            String spam = "XJS*C4JDBQADN1.NSBN3*2IDNEN*" + "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";
            String one = send("one", spam, Site.ALICE, CAROL);
            String two = send("two", spam, Site.ALICE);
            Instant end = Instant.now().plusSeconds(30);
            while (rows("quarantine", "list").size() < 2) {
                assertThat(Instant.now()).isBefore(end);
            }
            assertThat(rows("quarantine", "list"))
                    .extracting(row -> String.valueOf(row.get("subject")))
                    .containsExactly("two", "one");
            assertThat(run("quarantine", "list")).contains(one).contains(two).contains("SUBJECT");
            assertThat(run("quarantine", "show", one)).contains("finding").contains("GTUBE");
            assertThat(mailbox("alice")).isEmpty();

            assertThat(run("quarantine", "release", one, "--to", CAROL)).contains("stays in quarantine");
            awaitMails("carol", 1);
            assertThat(run("quarantine", "release", one, "--to", CAROL)).contains("before; nothing was done");
            assertThat(run("quarantine", "show", one)).contains("released-to");
            assertThat(run("quarantine", "release", one)).contains("to all who do not have it");
            awaitMails("alice", 1);
            assertThat(run("quarantine", "delete", two)).contains("deleted");
            assertThat(rows("quarantine", "list")).isEmpty();
            assertThat(ended("quarantine", "release", two).exit()).isOne();
            assertThat(run("quarantine", "expire", "--older-than", "1d")).contains("0 mails deleted");
            Thread.sleep(1_000); // a second copy would come now
            assertThat(mailbox("carol")).hasSize(1);
            assertThat(mailbox("alice")).hasSize(1);
        }
    }
}
