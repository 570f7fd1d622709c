// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.ConfigException;
import org.postern.smtpfront.tls.TestPem;
import org.postern.smtpfront.tls.TlsReload;

final class TlsTest {
    @TempDir
    private Path folder;

    private static TestFront front(TlsConfig tls) throws IOException {
        return new TestFront(Authentication.NONE, List.of(TlsMode.IMPLICIT), config -> Change.tls(config, tls));
    }

    private static TlsConfig of(TestPem first, List<CertificateConfig> more, Optional<Path> authorities) {
        return new TlsConfig(
                Optional.of(first.files().certificate()),
                Optional.of(first.files().key()),
                more,
                authorities,
                Duration.ofSeconds(1));
    }

    /// Connects with TLS from the first octet, asking for a name where there is one.
    private static SSLSocket connect(
            InetSocketAddress to, SSLContext context, String name, UnaryOperator<SSLParameters> change)
            throws IOException {
        Socket plain = new Socket();
        plain.connect(to, 10_000);
        plain.setSoTimeout(10_000);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", to.getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(name.isEmpty() ? List.of() : List.of(new SNIHostName(name)));
        socket.setSSLParameters(change.apply(parameters));
        socket.startHandshake();
        return socket;
    }

    private static X509Certificate shown(TestFront front, String name) throws IOException {
        try (SSLSocket socket = connect(front.address(0), Client.trusting(), name, parameters -> parameters)) {
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    @Test
    void the_certificate_is_chosen_by_the_name_asked_for() throws Exception {
        TestPem first = TestPem.create(folder, "mx.one.example");
        TestPem second = TestPem.create(folder, "mx.two.example");
        try (TestFront front = front(of(first, List.of(second.files()), Optional.empty()))) {
            assertThat(shown(front, "")).isEqualTo(first.certificate());
            assertThat(shown(front, "mx.one.example")).isEqualTo(first.certificate());
            assertThat(shown(front, "MX.two.example")).isEqualTo(second.certificate());
            assertThat(shown(front, "mx.three.example")).isEqualTo(first.certificate());
        }
    }

    @Test
    void nothing_older_than_tls_1_2_is_spoken() throws Exception {
        try (TestFront front = front(of(TestPem.create(folder, "mx.one.example"), List.of(), Optional.empty()))) {
            for (String version : List.of("TLSv1.2", "TLSv1.3")) {
                try (SSLSocket socket = connect(front.address(0), Client.trusting(), "", only(version))) {
                    assertThat(socket.getSession().getProtocol()).isEqualTo(version);
                }
            }
            // RFC 8996: the answer to a ClientHello of TLS 1.1 is the alert protocol_version.
            byte[] hello = HexFormat.of()
                    .parseHex("160301002f" + "0100002b" + "0302" + "00".repeat(32) + "00" + "0004c013002f" + "0100");
            try (Socket old = new Socket()) {
                old.connect(front.address(0), 10_000);
                old.setSoTimeout(10_000);
                old.getOutputStream().write(hello);
                byte[] alert = old.getInputStream().readNBytes(7);
                assertThat(alert).startsWith(0x15).endsWith(0x02, 0x46);
            }
        }
    }

    @Test
    void a_client_may_not_begin_a_second_handshake() throws Exception {
        try (TestFront front = front(of(TestPem.create(folder, "mx.one.example"), List.of(), Optional.empty()));
                SSLSocket socket = connect(front.address(0), Client.trusting(), "", only("TLSv1.2"));
                Client client = Client.over(socket)) {
            assertThat(client.reply()).startsWith("220 ");
            assertThat(client.say("NOOP")).startsWith("250 ");
            // Else the client would take up its session again, which costs us little.
            socket.getSession().invalidate();
            String reply;
            try {
                socket.startHandshake();
                reply = client.say("NOOP");
            } catch (IOException e) {
                reply = "refused";
            }
            assertThat(reply).isIn("refused", "");
        }
    }

    private static UnaryOperator<SSLParameters> only(String version) {
        return parameters -> {
            parameters.setProtocols(new String[] {version});
            return parameters;
        };
    }

    @Test
    void new_files_are_used_on_request_and_sessions_go_on() throws Exception {
        TestPem old = TestPem.create(folder, "mx.one.example");
        try (TestFront front = front(of(old, List.of(), Optional.empty()));
                Client before =
                        Client.over(connect(front.address(0), Client.trusting(), "", parameters -> parameters))) {
            assertThat(before.reply()).startsWith("220 ");
            TestPem next = TestPem.create(Files.createDirectory(folder.resolve("new")), "mx.one.example");
            next.write(old.files());
            assertThat(front.front.reloadCertificates())
                    .isEqualTo(new TlsReload.Loaded(
                            1, next.certificate().getNotAfter().toInstant()));
            assertThat(shown(front, "")).isEqualTo(next.certificate());
            assertThat(before.say("HELO client.example")).startsWith("250 ");
        }
    }

    @Test
    void new_files_are_found_without_being_told() throws Exception {
        TestPem old = TestPem.create(folder, "mx.one.example");
        try (TestFront front = front(of(old, List.of(), Optional.empty()))) {
            TestPem next = TestPem.create(Files.createDirectory(folder.resolve("new")), "mx.one.example");
            next.write(old.files());
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!shown(front, "").equals(next.certificate()) && System.nanoTime() < end) {
                Thread.sleep(50);
            }
            assertThat(shown(front, "")).isEqualTo(next.certificate());
        }
    }

    @Test
    void a_chain_that_no_client_would_take_leaves_the_old_one_in_use() throws Exception {
        TestPem pem = TestPem.create(folder, "mx.one.example");
        try (TestFront front = front(of(pem, List.of(), Optional.empty()))) {
            Path file = pem.files().certificate();
            String one = Files.readString(file);
            Files.writeString(file, (one + "\n").repeat(11));
            assertThat(front.front.reloadCertificates())
                    .isEqualTo(new TlsReload.Kept(
                            "certificate " + file + " holds 11 certificates; clients take no chain of more than 10"));
            assertThat(shown(front, "")).isEqualTo(pem.certificate());
            Files.writeString(file, (one + "\n").repeat(10));
            assertThat(front.front.reloadCertificates()).isInstanceOf(TlsReload.Loaded.class);
        }
    }

    @Test
    void files_that_cannot_be_used_leave_the_old_ones_in_use() throws Exception {
        TestPem old = TestPem.create(folder, "mx.one.example");
        TestPem other = TestPem.create(folder, "mx.two.example");
        try (TestFront front = front(of(old, List.of(), Optional.empty()))) {
            Files.copy(other.files().key(), old.files().key(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            assertThat(front.front.reloadCertificates())
                    .isEqualTo(new TlsReload.Kept("key " + old.files().key() + " does not belong to certificate "
                            + old.files().certificate()));
            Files.writeString(old.files().certificate(), "no certificate");
            assertThat(front.front.reloadCertificates()).isInstanceOf(TlsReload.Kept.class);
            Files.delete(old.files().certificate());
            assertThat(front.front.reloadCertificates()).isInstanceOf(TlsReload.Kept.class);
            assertThat(shown(front, "")).isEqualTo(old.certificate());
            assertThat(front.meters
                            .get("postern.smtp.tls.reloads")
                            .tag("outcome", "kept")
                            .counter()
                            .count())
                    .isEqualTo(3);
        }
    }

    @Test
    void a_client_certificate_is_believed_only_where_its_authority_is_known() throws Exception {
        TestPem server = TestPem.create(folder, "mx.one.example");
        TestPem known = TestPem.create(folder, "client.known.example");
        TestPem unknown = TestPem.create(folder, "client.unknown.example");
        try (TestFront front =
                front(of(server, List.of(), Optional.of(known.files().certificate())))) {
            assertThat(subjectSeen(front, known)).contains("CN=client.known.example");
            assertThat(subjectSeen(front, unknown)).isEmpty();
            try (Client without = Client.connect(front.address(0))) {
                without.startTls();
                without.reply();
                without.say("HELO client.example");
                without.mail("a@there.example", "bob@here.example", "x: y\r\n\r\n");
            }
            assertThat(front.decisions.getLast().client().certificate()).isEmpty();
            assertThat(front.store.kept).hasSize(3);
        }
    }

    private static Optional<String> subjectSeen(TestFront front, TestPem client)
            throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(client.keyManagers(), Client.trustManagers(), new SecureRandom());
        try (Client speaking = Client.over(connect(front.address(0), context, "", parameters -> parameters))) {
            speaking.reply();
            speaking.say("HELO client.example");
            assertThat(speaking.mail("a@there.example", "bob@here.example", "x: y\r\n\r\n"))
                    .startsWith("250 ");
        }
        return front.decisions.getLast().client().certificate();
    }

    @Test
    void a_key_in_another_form_is_refused_with_the_way_out() throws Exception {
        TestPem pem = TestPem.create(folder, "mx.one.example");
        Files.writeString(pem.files().key(), "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
        assertThatThrownBy(() -> front(of(pem, List.of(), Optional.empty())))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("openssl pkcs8 -topk8 -nocrypt");
    }
}
