// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.testkit.Eicar;

/// The main job with every role in a process of its own: in over SMTP, scanned in the session, durable in the store, in
/// the mailbox.
class MainPathIT {
    private static final List<String> MULTIPART =
            List.of("Subject: invoice", "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b");

    @TempDir
    Path folder;

    private final Ledger ledger = new Ledger();

    @Test
    void mail_throughFrontAndStore_isDeliveredRefusedOrDeferredAsItShould() throws Exception {
        Site site = Site.init(folder.resolve("site"));
        PosternProcess store = startStore(site);
        try (PosternProcess mx = PosternProcess.serve(
                        site.log("mx"),
                        site.arguments(
                                List.of("front", "--farm", "mx"),
                                "management.listen=127.0.0.1:0",
                                "farms.mx.deadline=8s"));
                PosternProcess submission = PosternProcess.serve(
                        site.log("submission"),
                        site.arguments(List.of("front", "--farm", "submission"), "management.listen=127.0.0.1:0"))) {
            assertThat(mx.readyLine()).contains(String.valueOf(site.mx()));
            assertThat(submission.readyLine()).contains(String.valueOf(site.submission()));

            assertThat(send(site, "ham", "Lunch on Tuesday?")).startsWith("250 2.");
            byte[] virus = ledger.message("virus", 800, MULTIPART, eicarInZip());
            assertThat(send(site, "virus", virus)).startsWith("5").doesNotContainIgnoringCase("eicar");
            try (SmtpSession session = SmtpSession.open(site.mxAddress())) {
                assertThat(session.send(
                                "bob@example.net",
                                List.of("nobody@example.org"),
                                ledger.message("nobody", 600, "x", "y")))
                        .startsWith("550 5.1.1");
                assertThat(session.send(
                                "bob@example.net",
                                List.of("alice@elsewhere.example"),
                                ledger.message("relay", 600, "x", "y")))
                        .startsWith("55");
            }
            assertThat(submit(site, "submitted")).startsWith("250 2.");
            awaitDelivered(site, 2);
            ledger.assertKept(site.delivered());

            assertThat(store.terminate(Duration.ofSeconds(30))).isZero();
            assertThat(send(site, "stopped", "Lunch on Friday?")).startsWith("4");
            assertThat(site.files(path ->
                            path.toString().contains("/tmp/") && path.toString().contains("message")))
                    .isEmpty();
            store = startStore(site);
            assertThat(sendUntilTaken(site, "stopped", "Lunch on Friday?")).startsWith("250 2.");
            awaitDelivered(site, 3);
            ledger.assertKept(site.delivered());
            assertThat(mx.terminate(Duration.ofSeconds(30))).isZero();
        } finally {
            store.close();
        }
    }

    @Test
    void connectionThatIsResetBeforeThe250IsRead_makesNoSecondCopyOfTheRetry_andADeliberateOneIsKept()
            throws Exception {
        Site site = Site.init(folder.resolve("site"));
        byte[] message = ledger.message("reset", 800, "reset", "hello");
        try (PosternProcess server = PosternProcess.serve(site.log("all"), site.arguments(List.of("all-in-one")))) {
            assertThat(server.isAlive()).isTrue();
            try (SmtpSession session = SmtpSession.open(site.mxAddress())) {
                session.sendAndReset("bob@example.net", List.of(Site.ALICE), message);
            }
            awaitDelivered(site, 1);
            assertThat(send(site, "reset", message)).startsWith("250 2.");
            // The 250 of that one was seen, for a QUIT followed it; so this is wanted.
            assertThat(send(site, "reset", message)).startsWith("250 2.");
            awaitDelivered(site, 2);
        }
    }

    @Test
    void submission_withoutLogin_isRefusedAlsoForLocalDomains() throws Exception {
        Site site = Site.init(folder.resolve("site"));
        try (PosternProcess server = PosternProcess.serve(site.log("all"), site.arguments(List.of("all-in-one")));
                SmtpSession session = SmtpSession.open(site.submissionAddress())) {
            assertThat(server.isAlive()).isTrue();
            assertThat(session.command("AUTH PLAIN AGEAYg==")).startsWith("5");
            session.startTls();
            assertThat(session.command("MAIL FROM:<alice@example.org>")).startsWith("530 5.7.0");
            assertThat(session.login(Site.ALICE, "wrong")).startsWith("535 5.7.8");
            assertThat(session.login(Site.ALICE, Site.PASSWORD)).startsWith("235");
            assertThat(session.command("MAIL FROM:<ceo@example.org>")).startsWith("553 5.7.1");
            assertThat(session.command("MAIL FROM:<alice@example.org>")).startsWith("250");
        }
    }

    @Test
    void allInOne_sigterm_stopsCleanlyAndKeepsWhatItAcknowledged() throws Exception {
        Site site = Site.init(folder.resolve("site"));
        PosternProcess server = PosternProcess.serve(site.log("all"), site.arguments(List.of("all-in-one")));
        try {
            for (int i = 0; i < 50; i++) {
                assertThat(send(site, "m" + i, "hello")).startsWith("250");
            }
        } finally {
            assertThat(server.terminate(Duration.ofSeconds(30))).isZero();
        }
        assertThat(Files.readString(site.log("all"))).doesNotContain("deliveries still running are left");
        try (PosternProcess again = PosternProcess.serve(site.log("all"), site.arguments(List.of("all-in-one")))) {
            assertThat(again.isAlive()).isTrue();
            awaitDelivered(site, 50);
        }
        ledger.assertKept(site.delivered());
    }

    private PosternProcess startStore(Site site) throws IOException, InterruptedException {
        return PosternProcess.serve(site.log("store"), site.arguments(List.of("store")));
    }

    private String send(Site site, String id, String body) throws IOException {
        return send(site, id, ledger.message(id, 800, id, body));
    }

    /// As a sender does that was told 4yz: the same mail again, until it is taken.
    private String sendUntilTaken(Site site, String id, String body) throws IOException, InterruptedException {
        Instant end = Instant.now().plusSeconds(30);
        String reply = send(site, id, body);
        while (reply.startsWith("4") && Instant.now().isBefore(end)) {
            Thread.sleep(250);
            reply = send(site, id, body);
        }
        return reply;
    }

    private String send(Site site, String id, byte[] message) throws IOException {
        try (SmtpSession session = SmtpSession.open(site.mxAddress())) {
            String reply = session.send("bob@example.net", List.of(Site.ALICE), message);
            ledger.told(id, reply);
            return reply;
        }
    }

    private String submit(Site site, String id) throws IOException {
        try (SmtpSession session = SmtpSession.open(site.submissionAddress())) {
            session.startTls();
            assertThat(session.login(Site.ALICE, Site.PASSWORD)).startsWith("235");
            String reply = session.send(Site.ALICE, List.of(Site.ALICE), ledger.message(id, 800, id, "hello"));
            ledger.told(id, reply);
            return reply;
        }
    }

    private static void awaitDelivered(Site site, int count) throws IOException, InterruptedException {
        site.awaitDelivered(count, Instant.now().plusSeconds(30));
        assertThat(site.delivered()).hasSize(count);
    }

    /// A MIME part with the EICAR test file in a zip archive.
    private static String eicarInZip() throws IOException {
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(zip)) {
            out.putNextEntry(new ZipEntry("invoice.com"));
            out.write(Eicar.bytes());
        }
        return "--b\r\nContent-Type: application/zip; name=invoice.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                + Base64.getMimeEncoder().encodeToString(zip.toByteArray()) + "\r\n--b--";
    }
}
