// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.testkit.FalseEnds;
import org.postern.testkit.Postfix;
import org.postern.testkit.Sink;
import org.postern.testkit.Tool;
import org.postern.testkit.Unbound;

/// Mail that users submit, through filters and store to other sites: signed, reported, and over TLS where it demands
/// it.
class RelayIT {
    private static final String DKIMPY = """
            import sys, dkim
            record = open(sys.argv[1], 'rb').read()
            def dns(name, timeout=5):
                return record if name.rstrip(b'.') == b's1._domainkey.example.org' else b''
            for path in sys.argv[2:]:
                print(dkim.verify(open(path, 'rb').read(), dnsfunc=dns))
            """;
    private static final Map<String, String> NOTHING_FORGED = Map.of();

    @TempDir
    Path folder;

    private final Ledger ledger = new Ledger();

    /// A domain for which there is one host, this machine.
    private static String domain(String name) {
        return name + " MX 10 mx." + name + "\nmx." + name + " A 127.0.0.1\n";
    }

    private static Unbound unbound(String records) {
        return Unbound.start(new Unbound.Zone("example", records), NOTHING_FORGED);
    }

    /// A server that has keys for its domain and sends to hosts at this port.
    private PosternProcess sender(Site site, Unbound dns, int port, String... settings) throws Exception {
        Path config = site.folder().resolve("postern.yaml");
        String signing = "dkim: { example.org: [{ selector: s1, file: s1.pem }] }";
        String text = Files.readString(config)
                .replace("hostname: localhost", "hostname: mail.example.org")
                .replace(
                        "    authentication: required\n",
                        "    authentication: required\n    signing: { " + signing + " }\n")
                .replace(
                        "\nstore:\n",
                        "\ndns: { servers: [\"" + at(dns) + "\"] }\n\nstore:\n  signing: { " + signing
                                + " }\n  delivery: { retry-first: 1s }\n")
                .replace("  relay: {", "  relay: { port: " + port + ", validating-resolver: \"" + at(dns) + "\",");
        Files.writeString(config, text);
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(2048);
        KeyPair pair = rsa.generateKeyPair();
        Files.writeString(
                site.folder().resolve("s1.pem"),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(pair.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        Files.writeString(
                site.folder().resolve("s1.record"),
                "v=DKIM1; k=rsa; p="
                        + Base64.getEncoder().encodeToString(pair.getPublic().getEncoded()));
        return PosternProcess.serve(site.log("sender"), site.arguments(List.of("all-in-one"), settings));
    }

    private static String at(Unbound dns) {
        return "127.0.0.1:" + dns.address().getPort();
    }

    private List<String> dkimpy(Site site, Path... mails) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "/usr/bin/python3",
                "-c",
                DKIMPY,
                site.folder().resolve("s1.record").toString()));
        List.of(mails).forEach(mail -> command.add(mail.toString()));
        Path out = folder.resolve("dkimpy.out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return Files.readAllLines(out);
    }

    private static SmtpSession user(Site site) throws IOException {
        SmtpSession session = SmtpSession.open(site.submissionAddress()).startTls();
        assertThat(session.login(Site.ALICE, Site.PASSWORD)).startsWith("235");
        return session;
    }

    /// One transaction with these words behind MAIL and RCPT.
    private static String submit(Site site, String mail, String rcpt, byte[] message) throws IOException {
        try (SmtpSession session = user(site)) {
            assertThat(session.command("MAIL FROM:<alice@example.org>" + mail)).startsWith("250");
            assertThat(session.command("RCPT TO:" + rcpt)).startsWith("250");
            return session.data(message);
        }
    }

    /// The only mail there is below a site's mailboxes, once it is there; another one would come within a second.
    private static Path onlyMail(Site site) throws IOException, InterruptedException {
        site.awaitDelivered(1, Instant.now().plusSeconds(60));
        assertThat(site.delivered()).hasSize(1);
        return site.delivered().getFirst();
    }

    @Test
    void submittedMail_isSignedAndRelayedWithItsWishes_andARefusalMakesOneSignedReport() throws Exception {
        Site site = Site.init(folder.resolve("site"));
        try (Postfix remote = Postfix.options()
                        .set(
                                "smtpd_recipient_restrictions",
                                "check_recipient_access inline:{{nobody@remote.example = REJECT}}, permit")
                        .set("notify_classes", "")
                        .start();
                Unbound dns = unbound(domain("remote"));
                PosternProcess _ = sender(site, dns, remote.smtpAddress().getPort())) {
            Tool.Result swaks = Tool.swaks(
                    Duration.ofSeconds(60),
                    Optional.empty(),
                    List.of(
                            "--server",
                            "127.0.0.1:" + site.submission(),
                            "--tls",
                            "--auth",
                            "PLAIN",
                            "--auth-user",
                            Site.ALICE,
                            "--auth-password",
                            Site.PASSWORD,
                            "--from",
                            Site.ALICE,
                            "--to",
                            "x@remote.example",
                            "--header",
                            "Subject: by swaks"));
            assertThat(swaks.exitCode()).as(swaks.output()).isZero();
            Path first = remote.awaitMessages(1).getFirst();
            assertThat(Files.readString(first)).contains("Subject: by swaks", "d=example.org; s=s1");
            assertThat(dkimpy(site, first)).containsExactly("True");

            assertThat(submit(
                            site,
                            " RET=HDRS ENVID=wish-1",
                            "<x@remote.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;x@remote.example",
                            ledger.message("wishes", 800, "wishes", "hello")))
                    .startsWith("250");
            // The mail, and the report that this Postfix makes because it was asked: it delivers whatever it has.
            String all = "";
            for (Path mail : remote.awaitMessages(3)) {
                all += Files.readString(mail);
            }
            assertThat(all)
                    .contains("Original-Envelope-Id: wish-1")
                    .contains("Action: delivered")
                    .contains("Final-Recipient: rfc822; x@remote.example");
            assertThat(site.delivered()).isEmpty();

            assertThat(submit(site, "", "<nobody@remote.example>", ledger.message("refused", 800, "refused", "hello")))
                    .startsWith("250");
            Path report = onlyMail(site);
            assertThat(Files.readString(report))
                    .contains("Final-Recipient: rfc822; nobody@remote.example")
                    .contains("Action: failed\r\nStatus: 5.7.1\r\n")
                    .contains("From: Mail Delivery System <MAILER-DAEMON@mail.example.org>");
            assertThat(dkimpy(site, report)).containsExactly("True");
        }
    }

    @Test
    void mailThatDemandsTls_goesToAHostThatProvesItselfAndPassesTheDemandOn_andComesBackFromAnyOther()
            throws Exception {
        Path certificate = folder.resolve("there.crt");
        Path key = folder.resolve("there.key");
        String digest = certificate(certificate, key);
        Site site = Site.init(folder.resolve("site"));
        Site there = peer(folder.resolve("there"));
        try (Unbound dns = unbound(domain("there")
                        + "_" + there.mx() + "._tcp.mx.there TLSA 3 1 1 " + digest + "\n"
                        + domain("other"));
                PosternProcess _ = PosternProcess.serve(
                        there.log("there"),
                        there.arguments(List.of("all-in-one"), "tls.certificate=" + certificate, "tls.key=" + key));
                PosternProcess _ = sender(site, dns, there.mx())) {
            assertThat(submit(
                            site,
                            " REQUIRETLS",
                            "<bob@there.example>",
                            ledger.message("demanding", 800, "demanding", "hello")))
                    .startsWith("250");
            String arrived = Files.readString(onlyMail(there));
            assertThat(arrived).contains("Received: from mail.example.org", "(Postern) with ESMTPS id");
            assertThat(site.delivered()).isEmpty();

            assertThat(submit(
                            site,
                            " REQUIRETLS",
                            "<bob@other.example>",
                            ledger.message("returned", 800, "returned", "hello")))
                    .startsWith("250");
            assertThat(Files.readString(onlyMail(site)))
                    .contains("Final-Recipient: rfc822; bob@other.example")
                    .contains("Action: failed\r\nStatus: 5.7.10\r\n");
            assertThat(there.delivered()).hasSize(1);
        }
    }

    @Test
    void binaryMail_goesToAnotherPosternOctetForOctet() throws Exception {
        Site site = Site.init(folder.resolve("site"));
        Site there = peer(folder.resolve("there"));
        String body = "line\nline\rline\u0000\u00ff\r\n.\r\n.\n\r";
        try (Unbound dns = unbound(domain("there"));
                PosternProcess _ = PosternProcess.serve(
                        there.log("there"), there.arguments(List.of("all-in-one"), "farms.mx.binary-mime=true"));
                PosternProcess _ = sender(site, dns, there.mx(), "farms.submission.binary-mime=true");
                SmtpSession session = user(site)) {
            assertThat(session.command("MAIL FROM:<alice@example.org> BODY=BINARYMIME"))
                    .startsWith("250");
            assertThat(session.command("RCPT TO:<bob@there.example>")).startsWith("250");
            byte[] message =
                    ("From: alice@example.org\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n"
                                    + "Content-Transfer-Encoding: binary\r\n\r\n" + body)
                            .getBytes(StandardCharsets.ISO_8859_1);
            assertThat(session.bdat(message)).startsWith("250");
            assertThat(Files.readString(onlyMail(there), StandardCharsets.ISO_8859_1))
                    .endsWith("\r\n\r\n" + body);
        }
    }

    @Test
    void falseEndsOfAMessage_thatTheFrontTakes_leaveTheRelayAsOneMail() throws Exception {
        Site site = Site.init(folder.resolve("site"));
        try (Sink strict = Sink.smtp();
                Unbound dns = unbound(domain("remote"));
                PosternProcess _ =
                        sender(site, dns, strict.address().getPort(), "farms.submission.bare-line-ends=normalise")) {
            int taken = 0;
            for (String form : FalseEnds.all()) {
                String message = "From: alice@example.org\r\nSubject: " + form + "\r\n\r\na"
                        + new String(HexFormat.of().parseHex(form), StandardCharsets.ISO_8859_1)
                        + "MAIL FROM:<alice@example.org>\r\nRCPT TO:<evil@remote.example>\r\nDATA\r\nSubject: evil\r\n\r\n"
                        + "b\r\n";
                try (SmtpSession session = user(site)) {
                    assertThat(session.command("MAIL FROM:<alice@example.org>")).startsWith("250");
                    assertThat(session.command("RCPT TO:<x@remote.example>")).startsWith("250");
                    String reply = session.rawData(message.getBytes(StandardCharsets.ISO_8859_1));
                    assertThat(reply).as(form).matches("(?s)(250|5).*");
                    taken += reply.startsWith("250") ? 1 : 0;
                }
            }
            // A test in which nothing is taken would show nothing.
            assertThat(taken).isGreaterThan(5);
            Instant end = Instant.now().plusSeconds(60);
            while (strict.messages().size() < taken && Instant.now().isBefore(end)) {
                Thread.sleep(100);
            }
            Thread.sleep(1_000);
            assertThat(strict.messages()).hasSize(taken);
            for (Path mail : strict.messages()) {
                assertThat(Files.readString(mail, StandardCharsets.ISO_8859_1))
                        .contains("X-Rcpt-Args: <x@remote.example>")
                        .doesNotContain("X-Rcpt-Args: <evil@remote.example>");
            }
        }
    }

    /// The server of there.example.
    private static Site peer(Path folder) throws IOException, InterruptedException {
        PosternProcess.Ended ended = PosternProcess.run(
                "init",
                folder.toString(),
                "--domain",
                "there.example",
                "--account",
                "bob@there.example:" + Site.PASSWORD,
                "--loopback");
        assertThat(ended.exit()).as(ended.err()).isZero();
        int[] ports = Site.freePorts(6);
        return new Site(folder, ports[0], ports[1], ports[2], ports[3], ports[4], ports[5]);
    }

    /// @return the SHA-256 of the public key
    private String certificate(Path certificate, Path key) throws Exception {
        Process process = new ProcessBuilder(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "rsa:2048",
                        "-nodes",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=x",
                        "-keyout",
                        key.toString(),
                        "-out",
                        certificate.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("openssl.out").toFile())
                .start();
        assertThat(process.waitFor()).isZero();
        try (InputStream in = Files.newInputStream(certificate)) {
            byte[] octets = CertificateFactory.getInstance("X.509")
                    .generateCertificate(in)
                    .getPublicKey()
                    .getEncoded();
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(octets));
        }
    }
}
