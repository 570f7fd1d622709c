// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postern.delivery.Mails.eventually;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.HostAndPort;
import org.postern.core.dns.DnsClient;
import org.postern.core.dns.DnsConfig;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.MailParameters;
import org.postern.delivery.Mails;
import org.postern.delivery.RunningStore;
import org.postern.delivery.smtp.SmtpTimeouts;
import org.postern.delivery.spool.QueueQuery;
import org.postern.testkit.Postfix;
import org.postern.testkit.Unbound;

/// DANE with a zone that ldns signed, an Unbound that validates, and a Postfix whose certificate the zone names or
/// does not.
@Timeout(180)
class DaneZoneTest {
    private static final String TEXT = "From: alice@example.org\r\nSubject: x\r\n\r\nx\r\n";

    @TempDir
    private Path folder;

    private Postfix postfix;
    private Unbound unbound;
    private DnsClient dns;

    @BeforeEach
    void zones() throws Exception {
        // Usage 3 looks at the key alone: neither the name nor the dates are right.
        Certificates held = Certificates.make(folder, "held", "elsewhere.example", -10);
        Certificates other = Certificates.make(folder, "other", "mx.wrong.example", -1);
        postfix = Postfix.options()
                .set("smtpd_tls_security_level", "may")
                .set("smtpd_tls_cert_file", held.certificate().toString())
                .set("smtpd_tls_key_file", held.key().toString())
                .set("smtpd_tls_received_header", "yes")
                .set("notify_classes", "")
                .start();
        unbound = Unbound.start(
                new Unbound.Zone(
                        "example",
                        site("right", digest(held)) + site("wrong", digest(other)) + site("forged", "ab".repeat(32))
                                + "without MX 10 mx.without\nmx.without A 127.0.0.1\n"
                                + "plain NS ns.plain\nns.plain A 127.0.0.1\n"
                                // Names that are aliases of hosts: with records there, without, in a plain zone.
                                + "moved MX 10 mx.moved\nmx.moved CNAME mx.wrong\n"
                                + "owned MX 10 mx.owned\nmx.owned CNAME mx.without\n" + tlsa("mx.owned", other)
                                + "left MX 10 mx.left\nmx.left CNAME mx.plain\n" + tlsa("mx.left", other)),
                // Somebody puts another key into the answer: that of the host that is reached.
                Map.of("ab".repeat(32), digest(held)),
                new Unbound.Zone("plain.example", site("", digest(other))));
        dns = new DnsClient(DnsConfig.defaults().withServers(List.of(resolver())), new SimpleMeterRegistry());
    }

    @AfterEach
    void stop() {
        dns.close();
        unbound.close();
        postfix.close();
    }

    private HostAndPort resolver() {
        return new HostAndPort("127.0.0.1", unbound.address().getPort());
    }

    private String site(String name, String digest) {
        String host = name.isEmpty() ? "mx" : "mx." + name;
        return (name.isEmpty() ? "@" : name) + " MX 10 " + host + "\n" + host + " A 127.0.0.1\n" + tlsa(host, digest);
    }

    private String tlsa(String host, Certificates certificate) throws Exception {
        return tlsa(host, digest(certificate));
    }

    private String tlsa(String host, String digest) {
        return "_" + postfix.smtpAddress().getPort() + "._tcp." + host + " TLSA 3 1 1 " + digest + "\n";
    }

    private static String digest(Certificates certificate) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256")
                        .digest(certificate.x509().getPublicKey().getEncoded()));
    }

    private RunningStore store() {
        return new RunningStore(
                folder.resolve("store"),
                dns,
                config -> config.sending(
                        Optional.empty(),
                        RelayConfig.defaults()
                                .reaching(postfix.smtpAddress().getPort(), SmtpTimeouts.all(Duration.ofSeconds(20)))
                                .validating(resolver())));
    }

    private static Envelope demandingTls(String recipient) {
        Envelope plain = Mails.envelope("alice@example.org", recipient);
        return new Envelope(
                plain.reversePath(),
                plain.recipients(),
                new MailParameters(
                        MailParameters.BodyType.SEVEN_BIT, false, true, Optional.of("FULL"), Optional.empty()));
    }

    private static String reason(RunningStore store) {
        return reasons(store).getFirst();
    }

    private static List<String> reasons(RunningStore store) {
        try {
            return store.store().queue().list(QueueQuery.first(10)).stream()
                    .map(entry -> entry.reason())
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void host_whoseCertificateTheSignedZoneNames_getsTheMailOverTls() throws IOException {
        try (RunningStore store = store()) {
            store.give(Mails.envelope("alice@example.org", "x@right.example"), TEXT);
            assertThat(Files.readString(postfix.awaitMessages(1).getFirst())).contains("(using TLSv1.3");
            store.drain();
        }
    }

    @Test
    void host_withAnotherCertificateThanTheSignedZoneNames_getsNothing() {
        try (RunningStore store = store()) {
            store.give(Mails.envelope("alice@example.org", "x@wrong.example"), TEXT);
            eventually(() -> store.count("postern.delivery.recipients", "outcome", "deferred") >= 2);
            assertThat(reason(store)).contains("demanded by DANE", "none that the TLSA records name");
            assertThat(postfix.messages()).isEmpty();
        }
    }

    @Test
    void hostThatIsAnAlias_withAnotherCertificateThanTheRecordsThereOrHereName_getsNothing() {
        try (RunningStore store = store()) {
            for (String site : List.of("moved", "owned", "left")) {
                store.give(Mails.envelope("alice@example.org", "x@" + site + ".example"), TEXT);
            }
            eventually(() -> reasons(store).stream()
                            .filter(reason -> reason.contains("none that the TLSA records name"))
                            .count()
                    == 3);
            assertThat(postfix.messages()).isEmpty();
        }
    }

    @Test
    void host_ofWhichAForgedRecordSpeaks_getsNothing() {
        try (RunningStore store = store()) {
            store.give(Mails.envelope("alice@example.org", "x@forged.example"), TEXT);
            eventually(() -> store.count("postern.delivery.recipients", "outcome", "deferred") >= 2);
            assertThat(reason(store)).contains("DNSSEC", "SERVFAIL");
            assertThat(postfix.messages()).isEmpty();
            assertThat(Mails.in(store.mail(), "alice")).isEmpty();
        }
    }

    @Test
    void host_inAZoneWithoutSignatures_orWithoutRecords_getsTheMailWhateverItsCertificateIs() throws IOException {
        try (RunningStore store = store()) {
            store.give(Mails.envelope("alice@example.org", "x@plain.example"), TEXT);
            store.give(Mails.envelope("alice@example.org", "x@without.example"), TEXT);
            for (Path file : postfix.awaitMessages(2)) {
                assertThat(Files.readString(file)).contains("(using TLSv1.3");
            }
            store.drain();
        }
    }

    @Test
    void mailThatDemandsTls_whereTheHostCannotPassTheDemandOn_isReturnedWithItsHeaderOnly() {
        try (RunningStore store = store()) {
            store.give(demandingTls("x@right.example"), TEXT);
            assertThat(store.onlyMail("alice"))
                    .contains("Status: 5.7.30", "does not support REQUIRETLS", "Subject: x")
                    .doesNotContain("\r\n\r\nx\r\n");
            assertThat(postfix.messages()).isEmpty();
        }
    }

    @Test
    void mailThatDemandsTls_forAHostThatCannotProveItself_isReturned_andOthersStillGoThere() {
        try (RunningStore store = store()) {
            store.give(demandingTls("x@without.example"), TEXT);
            assertThat(store.onlyMail("alice")).contains("Status: 5.7.10");
            store.give(Mails.envelope("bob@example.org", "x@without.example"), TEXT);
            assertThat(postfix.awaitMessages(1)).hasSize(1);
            store.drain();
        }
    }
}
