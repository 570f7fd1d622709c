// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each daemon's start has already checked that it does its work (finds GTUBE, binds, logs in): what is tested here is
/// what a check at the start does not show.
class FiltersAndDirectoriesTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @ParameterizedTest
    @MethodSource("org.postern.testkit.WaysTest#possible")
    void spamd_whenRestarted_answersPing(Way way) throws IOException {
        try (Spamd spamd = Spamd.start(way)) {
            spamd.daemon().restart();
            byte[] ping = "PING SPAMC/1.5\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            assertThat(TcpDialogue.exchange(spamd.address(), ping, 100)).contains("0 PONG");
        }
    }

    @ParameterizedTest
    @MethodSource("org.postern.testkit.WaysTest#possible")
    void rspamd_whenStarted_answersPingAndListensOnItsSocket(Way way) throws IOException {
        try (Rspamd rspamd = Rspamd.start(way)) {
            byte[] ping = "GET /ping HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            assertThat(TcpDialogue.exchange(rspamd.address(), ping, 1000)).contains("pong");
            assertThat(rspamd.socketPath()).exists();
        }
    }

    @ParameterizedTest
    @MethodSource("org.postern.testkit.WaysTest#possible")
    void slapd_whenGivenEntries_findsThemAlsoAfterARestart(Way way) {
        assertFoundAfterRestart(way, "");
    }

    @ParameterizedTest
    @MethodSource("org.postern.testkit.WaysTest#possible")
    void slapd_withTheQmailSchema_findsEntriesOfIt(Way way) {
        Slapd.needQmailSchema();
        assertFoundAfterRestart(way, "objectClass: qmailUser\nmailHost: store.example.org\n");
    }

    private static void assertFoundAfterRestart(Way way, String schema) {
        String ldif = "dn: uid=anna," + Slapd.SUFFIX + "\nobjectClass: inetOrgPerson\n" + schema
                + "uid: anna\ncn: Anna\nsn: A\nmail: anna@example.org\n";
        try (Slapd slapd = Slapd.start(way, ldif)) {
            slapd.daemon().restart();
            DaemonKind ldapsearch = new DaemonKind("ldapsearch", "slapd", "ldapsearch", "ldap-utils");
            Tool.Result result = Tool.run(
                    ldapsearch,
                    Folders.create("ldapsearch"),
                    List.of(
                            "-x",
                            "-H",
                            "ldap://127.0.0.1:" + slapd.address().getPort(),
                            "-b",
                            Slapd.SUFFIX,
                            "(mail=anna@example.org)",
                            "cn"),
                    LIMIT,
                    Optional.of(way));
            assertThat(result.output()).contains("cn: Anna");
        }
    }

    @ParameterizedTest
    @MethodSource("org.postern.testkit.WaysTest#possible")
    void redis_whenRestarted_answersAndHasForgotten(Way way) throws IOException {
        try (Redis redis = Redis.start(way)) {
            byte[] set = "SET a 1\r\n".getBytes(StandardCharsets.US_ASCII);
            assertThat(TcpDialogue.exchange(redis.address(), set, 5)).isEqualTo("+OK\r\n");
            redis.daemon().restart();
            byte[] get = "GET a\r\n".getBytes(StandardCharsets.US_ASCII);
            assertThat(TcpDialogue.exchange(redis.address(), get, 5)).isEqualTo("$-1\r\n");
        }
    }

    @ParameterizedTest
    @MethodSource("org.postern.testkit.WaysTest#possible")
    void dovecot_whenGivenMailOverLmtp_keepsItInTheUsersInbox(Way way) throws IOException {
        try (Dovecot dovecot = Dovecot.options().way(way).start()) {
            Tool.Result result = Tool.swaks(
                    LIMIT,
                    Optional.empty(),
                    List.of(
                            "--protocol",
                            "LMTP",
                            "--server",
                            "127.0.0.1:" + dovecot.lmtpAddress().getPort(),
                            "--to",
                            "anna@example.org",
                            "--header",
                            "Subject: over LMTP"));
            assertThat(result.exitCode()).as(result.output()).isZero();
            assertThat(dovecot.messages("anna@example.org")).hasSize(1);
            assertThat(Files.readString(dovecot.messages("anna@example.org").getFirst()))
                    .contains("Subject: over LMTP");
        }
    }

    @ParameterizedTest
    @MethodSource("org.postern.testkit.WaysTest#possible")
    void haproxy_whenToldToAnnounceTheClient_sendsAProxyHeader(Way way) throws IOException {
        try (ServerSocket backend = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            backend.setSoTimeout(10_000);
            var at = (InetSocketAddress) backend.getLocalSocketAddress();
            try (Haproxy haproxy = Haproxy.start(way, Haproxy.Announcement.PROXY_V1, List.of(at));
                    Socket client = new Socket(
                            haproxy.address().getAddress(), haproxy.address().getPort());
                    Socket server = backend.accept()) {
                server.setSoTimeout(10_000);
                InputStream in = server.getInputStream();
                assertThat(new String(in.readNBytes(21), StandardCharsets.US_ASCII))
                        .isEqualTo("PROXY TCP4 127.0.0.1 ");
                assertThat(client.isConnected()).isTrue();
            }
        }
    }

    @Test
    void rspamd_whenFrozen_acceptsButDoesNotAnswer() throws IOException {
        try (Rspamd rspamd = Rspamd.start()) {
            rspamd.daemon().freeze();
            try (Socket socket = new Socket()) {
                socket.connect(rspamd.address(), 5_000);
                assertThat(socket.isConnected()).isTrue();
            }
            rspamd.daemon().resume();
            assertThat(rspamd.daemon().alive()).isTrue();
        }
    }
}
