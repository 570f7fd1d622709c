// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.CidrBlock;
import org.postern.smtpfront.tls.TestPem;
import org.postern.testkit.Haproxy;

/// Connections through a balancer, and through somebody who pretends to be one.
final class ProxyTest {
    private static TestFront front(String trusted, TlsMode tls) throws IOException {
        return TestFront.mx(config -> SmtpFrontConfig.of(
                List.of(new ListenerConfig(0, "127.0.0.1", tls, List.of(CidrBlock.parse(trusted)))),
                Authentication.NONE));
    }

    @Test
    void the_client_behind_a_trusted_balancer_stands_in_the_trace() throws IOException {
        try (TestFront front = front("127.0.0.0/8", TlsMode.NONE);
                Client client = Client.connect(front.address(0))) {
            client.sendRaw("PROXY TCP4 192.0.2.1 127.0.0.1 12345 25\r\n");
            assertThat(client.reply()).startsWith("220 ");
            assertThat(client.say("HELO client.example")).contains("[192.0.2.1]");
            assertThat(client.mail("a@there.example", "bob@here.example", "x: y\r\n\r\n"))
                    .startsWith("250 ");
            assertThat(front.store.kept.getFirst().text()).contains("from client.example ([192.0.2.1])");
        }
    }

    @Test
    void a_header_in_pieces_and_commands_right_behind_it_are_read() throws IOException, InterruptedException {
        try (TestFront front = front("127.0.0.0/8", TlsMode.NONE);
                Client client = Client.connect(front.address(0))) {
            client.sendRaw("PROXY TCP6 2001:db8::1 ::");
            Thread.sleep(5);
            client.sendRaw("1 12345 25\r\nHELO client.example\r\n");
            assertThat(client.reply()).startsWith("220 ");
            assertThat(client.reply()).contains("[2001:db8:0:0:0:0:0:1]");
        }
    }

    @Test
    void tls_may_come_right_after_the_header() throws IOException {
        try (TestFront front = front("127.0.0.0/8", TlsMode.IMPLICIT);
                Client client = Client.connect(front.address(0))) {
            client.sendRaw("PROXY TCP4 192.0.2.1 127.0.0.1 12345 25\r\n");
            client.startTls();
            assertThat(client.reply()).startsWith("220 ");
            assertThat(client.say("HELO client.example")).contains("[192.0.2.1]");
        }
    }

    @Test
    void a_trusted_balancer_without_a_header_is_not_served() throws IOException {
        try (TestFront front = front("127.0.0.0/8", TlsMode.NONE);
                Client client = Client.connect(front.address(0))) {
            client.sendRaw("EHLO client.example\r\n");
            assertThat(client.reply()).isEmpty();
        }
    }

    @Test
    void a_trusted_peer_that_waits_for_the_greeting_is_let_go_and_named_in_the_log() throws Exception {
        try (LogWatch log = new LogWatch();
                TestFront front = front("127.0.0.0/8", TlsMode.NONE);
                Client client = Client.connect(front.address(0))) {
            assertThat(client.reply()).isEmpty();
            assertThat(log.lines()).anyMatch(line -> line.contains("no PROXY header within 5 s"));
        }
    }

    @Test
    void however_a_balancer_checks_our_health_it_is_served_and_nothing_is_written_down() throws Exception {
        try (LogWatch log = new LogWatch()) {
            checkHealth(front("127.0.0.0/8", TlsMode.STARTTLS));
            assertThat(log.lines()).as("but for its end").allMatch(line -> line.startsWith("test: drain"));
        }
    }

    private static void checkHealth(TestFront front) throws IOException {
        try (front) {
            for (String said : List.of("", "PROXY UNKNOWN\r\n", "PROXY UNK")) {
                for (boolean reset : new boolean[] {false, true}) {
                    try (Client check = Client.connect(front.address(0))) {
                        check.sendRaw(said);
                        if (reset) {
                            check.abort();
                        }
                    }
                }
            }
            try (Client check = Client.connect(front.address(0))) {
                check.sendRaw("PROXY UNKNOWN\r\n");
                assertThat(check.reply()).startsWith("220 ");
                for (String command : List.of("EHLO balancer", "NOOP", "RSET", "HELP", "QUIT")) {
                    assertThat(check.say(command)).startsWith("2");
                }
            }
            assertThat(front.decisions).isEmpty();
            assertThat(front.meters.find("postern.admission.barred").counters())
                    .isNotEmpty()
                    .allMatch(counter -> counter.count() == 0);
        }
    }

    @Test
    void nobody_else_is_believed() throws IOException {
        try (TestFront front = front("10.0.0.0/8", TlsMode.NONE);
                Client client = Client.greeted(front.address(0))) {
            assertThat(client.say("PROXY TCP4 192.0.2.1 127.0.0.1 12345 25")).startsWith("500 5.5.2 ");
            assertThat(client.say("HELO client.example")).contains("[127.0.0.1]");
        }
    }

    @Test
    void limits_count_the_clients_and_not_the_balancer() throws IOException {
        try (TestFront front = TestFront.mx(config -> Change.limits(
                SmtpFrontConfig.of(
                        List.of(new ListenerConfig(
                                0, "127.0.0.1", TlsMode.NONE, List.of(CidrBlock.parse("127.0.0.1")))),
                        Authentication.NONE),
                Change.small(config).limits()))) {
            Client[] clients = new Client[8];
            for (int i = 0; i < clients.length; i++) {
                clients[i] = Client.connect(front.address(0));
                clients[i].sendRaw("PROXY TCP4 192.0.2." + i + " 127.0.0.1 12345 25\r\n");
                assertThat(clients[i].reply()).startsWith("220 ");
            }
            for (Client client : clients) {
                client.close();
            }
        }
    }

    @Test
    void haproxy_announces_clients_in_both_versions() throws IOException {
        try (TestFront front = front("127.0.0.0/8", TlsMode.NONE)) {
            for (var announcement : List.of(Haproxy.Announcement.PROXY_V1, Haproxy.Announcement.PROXY_V2)) {
                try (Haproxy balancer = Haproxy.start(announcement, List.of(front.address(0)));
                        Client client = Client.greeted(balancer.address())) {
                    assertThat(client.say("HELO client.example")).contains("[127.0.0.1]");
                    assertThat(client.mail("a@there.example", "bob@here.example", "x: y\r\n\r\n"))
                            .startsWith("250 ");
                }
            }
            assertThat(front.store.kept).hasSize(2);
        }
    }

    @Test
    void tls_that_a_trusted_balancer_ended_counts_as_tls() throws IOException {
        String header = "\r\n\r\n\0\r\nQUIT\n!\21\0\61" + "\300\0\2\1" + "\177\0\0\1" + "\60\71\0\31"
                + "\40\0\42\1\0\0\0\0" + "\41\0\7TLSv1.3" + "\43\0\20TLS_TEST__CIPHER";
        try (TestFront front = front("127.0.0.0/8", TlsMode.STARTTLS_REQUIRED);
                Client client = Client.connect(front.address(0))) {
            client.sendRaw(header);
            assertThat(client.reply()).startsWith("220 ");
            assertThat(client.say("EHLO client.example"))
                    .contains("[192.0.2.1]", "REQUIRETLS")
                    .doesNotContain("STARTTLS");
            assertThat(client.mail("a@there.example", "bob@here.example", "x: y\r\n\r\n"))
                    .startsWith("250 ");
            assertThat(front.store.kept.getFirst().text()).contains(" with ESMTPS ", "(TLSv1.3 TLS_TEST__CIPHER)");
        }
    }

    @Test
    void haproxy_may_end_tls_and_check_health_in_silence(@TempDir Path folder) throws Exception {
        CertificateConfig files = TestPem.create(folder, "mx.here.example").files();
        String pem = Files.readString(files.certificate()) + Files.readString(files.key());
        try (LogWatch log = new LogWatch();
                TestFront front = front("127.0.0.0/8", TlsMode.STARTTLS);
                Haproxy balancer =
                        Haproxy.startWithTls(Haproxy.Announcement.PROXY_V2_TLS, List.of(front.address(0)), pem)) {
            try (Client client = Client.connect(balancer.address())) {
                client.startTls();
                assertThat(client.reply()).startsWith("220 ");
                assertThat(client.say("EHLO client.example")).contains("[127.0.0.1]", "REQUIRETLS");
                assertThat(client.mail("a@there.example", "bob@here.example", "x: y\r\n\r\n"))
                        .startsWith("250 ");
            }
            assertThat(front.store.kept.getFirst().text()).contains(" with ESMTPS ", "(TLSv1.3 TLS_");
            // The client was one, the others are checks.
            while (front.connected.size() < 4) {
                Thread.sleep(20);
            }
            assertThat(front.decisions).hasSize(1);
            assertThat(log.lines()).isEmpty();
        }
    }
}
