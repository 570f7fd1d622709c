// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An account that suddenly sends much: its mail is held, reported, and released by commands.
class SendingIT {
    private static final Pattern ID = Pattern.compile("[a-z0-9-]+\\.[0-9A-Za-z]{20,40}");

    @TempDir
    Path folder;

    private final Ledger ledger = new Ledger();

    @Test
    void jumpOfAnAccount_isHeldReportedAndReleased_andItsQuotaIsKept() throws Exception {
        Site site = Site.init(folder.resolve("site"));
        String config = site.folder().resolve("postern.yaml").toString();
        try (PosternProcess server = PosternProcess.serve(
                site.log("all"),
                site.arguments(
                        List.of("all-in-one"),
                        "farms.mx.limits.mails-at-once=20",
                        "farms.submission.limits.mails-at-once=20",
                        "sending.habit.learn-for=0s",
                        "sending.habit.floor=2",
                        "sending.messages-per-hour=5"))) {
            assertThat(server.isAlive()).isTrue();
            for (int i = 0; i < 3; i++) {
                assertThat(submit(site, "m" + i)).startsWith("250 2.");
            }
            awaitDelivered(site, 2);
            assertThat(run("directory", "held", "--config", config)).contains(Site.ALICE);
            assertThat(Files.readString(site.log("all")))
                    .contains(Site.ALICE + " sends to 3 recipients in this hour")
                    .contains("SENDING_HABIT");
            String kept = awaitQuarantined(config);
            Matcher id = ID.matcher(kept);
            assertThat(id.find()).as(kept).isTrue();

            assertThat(run("directory", "release", Site.ALICE, "--config", config))
                    .contains("may send");
            assertThat(run("directory", "held", "--config", config)).doesNotContain(Site.ALICE);
            run("quarantine", "release", id.group(), "--config", config);
            awaitDelivered(site, 3);
            for (int i = 3; i < 5; i++) {
                assertThat(submit(site, "m" + i)).startsWith("250 2.");
            }
            awaitDelivered(site, 5);
            assertThat(submit(site, "m5")).startsWith("450 4.7.1");
        }
    }

    private static String run(String... words) throws IOException, InterruptedException {
        PosternProcess.Ended ended = PosternProcess.run(words);
        assertThat(ended.exit())
                .as(String.join(" ", words) + ": " + ended.err())
                .isZero();
        return ended.out();
    }

    private static String awaitQuarantined(String config) throws IOException, InterruptedException {
        Instant end = Instant.now().plusSeconds(30);
        Optional<String> listed = Optional.empty();
        while (listed.isEmpty() && Instant.now().isBefore(end)) {
            listed = Optional.of(run("quarantine", "list", "--config", config)).filter(text -> text.contains("@"));
        }
        return listed.orElse("nothing is in the quarantine");
    }

    private String submit(Site site, String id) throws IOException {
        try (SmtpSession session = SmtpSession.open(site.submissionAddress())) {
            session.startTls();
            assertThat(session.login(Site.ALICE, Site.PASSWORD)).startsWith("235");
            return session.send(Site.ALICE, List.of(Site.ALICE), ledger.message(id, 800, id, "hello"));
        }
    }

    private static void awaitDelivered(Site site, int count) throws IOException, InterruptedException {
        Instant end = Instant.now().plusSeconds(30);
        while (mailboxes(site).size() < count && Instant.now().isBefore(end)) {
            Thread.sleep(100);
        }
        assertThat(mailboxes(site)).hasSize(count);
    }

    /// Without what the quarantine keeps.
    private static List<Path> mailboxes(Site site) throws IOException {
        return site.delivered().stream()
                .filter(path -> path.startsWith(site.folder().resolve("mail")))
                .toList();
    }
}
