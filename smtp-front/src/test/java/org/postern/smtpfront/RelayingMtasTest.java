// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.postern.core.config.CidrBlock;
import org.postern.core.mail.Recipient;
import org.postern.testkit.Exim;
import org.postern.testkit.Haproxy;
import org.postern.testkit.Postfix;

/// Mail servers people use send mail on to the front: straight, and through HAProxy with PROXY headers of both
/// versions.
final class RelayingMtasTest {
    /// What only a reader that keeps octets keeps: dots, octets above 127, long lines, empty lines at the end.
    private static final List<String> BODIES = List.of(
            "one\r\n",
            ".\r\n..\r\n.dot\r\n\r\n.\r\n",
            "\u00ff\u0080\u00e9\r\n" + "x".repeat(900) + "\r\n\r\n\r\n",
            ("line " + "y".repeat(70) + "\r\n").repeat(5000));

    private static TestFront front(boolean behindBalancer) throws IOException {
        ListenerConfig listener = new ListenerConfig(
                0, "127.0.0.1", TlsMode.STARTTLS, behindBalancer ? List.of(CidrBlock.parse("127.0.0.0/8")) : List.of());
        return TestFront.mx(config -> Change.listen(Change.many(config), listener));
    }

    private static void submit(InetSocketAddress mta) throws IOException {
        try (Client client = Client.greeted(mta)) {
            client.say("EHLO client.example");
            for (int i = 0; i < BODIES.size(); i++) {
                assertThat(client.say("MAIL FROM:<from@there.example> BODY=8BITMIME"))
                        .startsWith("250");
                assertThat(client.say("RCPT TO:<alice@here.example>")).startsWith("250");
                assertThat(client.say("RCPT TO:<bob@here.example>")).startsWith("250");
                assertThat(client.say("DATA")).startsWith("354");
                client.sendRaw("Subject: " + i + "\r\n\r\n"
                        + ("\r\n" + BODIES.get(i)).replace("\r\n.", "\r\n..").substring(2));
                assertThat(client.say(".")).startsWith("250");
            }
        }
    }

    private static void awaitAll(TestFront front, java.util.function.Supplier<String> log) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!delivered(front).containsAll(wanted()) && System.nanoTime() < end) {
            Thread.sleep(50);
        }
        assertThat(delivered(front)).as(log.get()).isEqualTo(wanted());
        assertThat(front.store.kept)
                .allMatch(kept ->
                        kept.handoff().envelope().reversePath().toString().equals("from@there.example"));
    }

    /// Each body with each recipient; a mail may come once for both or once for each.
    private static Set<String> wanted() {
        Set<String> wanted = new TreeSet<>();
        for (String body : BODIES) {
            wanted.add("alice@here.example " + body);
            wanted.add("bob@here.example " + body);
        }
        return wanted;
    }

    private static Set<String> delivered(TestFront front) {
        Set<String> delivered = new TreeSet<>();
        for (FakeStore.Kept kept : front.store.kept) {
            String body = kept.text().substring(kept.text().indexOf("\r\n\r\n") + 4);
            for (Recipient recipient : kept.handoff().envelope().recipients()) {
                delivered.add(recipient + " " + body);
            }
        }
        return delivered;
    }

    private static Postfix postfix(InetSocketAddress next) {
        return Postfix.options()
                .set("virtual_mailbox_domains", "")
                .set("relayhost", "[127.0.0.1]:" + next.getPort())
                .set("smtp_tls_security_level", "may")
                .set("smtp_tls_loglevel", "1")
                .start();
    }

    private static String log(Exim exim) {
        try {
            return exim.mainLog();
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void postfix_delivers_with_tls_and_pipelining() throws Exception {
        try (TestFront front = front(false);
                Postfix postfix = postfix(front.address(0))) {
            submit(postfix.smtpAddress());
            awaitAll(front, postfix.daemon()::log);
            assertThat(postfix.daemon().log())
                    .contains("TLS connection established", "status=sent (250 2.0.0 Ok, kept as");
            assertThat(front.store.kept).allMatch(kept -> kept.text().contains(" with ESMTPS "));
        }
    }

    @Test
    void exim_delivers_with_tls_and_chunking() throws Exception {
        try (TestFront front = front(false);
                Exim exim = Exim.relayingTo(front.address(0))) {
            submit(exim.address());
            awaitAll(front, () -> log(exim));
            // K: CHUNKING was used; X: TLS was.
            assertThat(log(exim).lines().filter(line -> line.contains(" => ")).collect(Collectors.toList()))
                    .isNotEmpty()
                    .allMatch(line -> line.contains(" K ") && line.contains(" X=TLS1.3"));
            assertThat(front.store.kept).allMatch(kept -> kept.text().contains(" with ESMTPS "));
        }
    }

    @Test
    void both_deliver_through_haproxy_with_headers_of_both_versions() throws Exception {
        for (var announcement : List.of(Haproxy.Announcement.PROXY_V1, Haproxy.Announcement.PROXY_V2)) {
            try (TestFront front = front(true);
                    Haproxy balancer = Haproxy.start(announcement, List.of(front.address(0)));
                    Postfix postfix = postfix(balancer.address())) {
                submit(postfix.smtpAddress());
                awaitAll(front, postfix.daemon()::log);
            }
            try (TestFront front = front(true);
                    Haproxy balancer = Haproxy.start(announcement, List.of(front.address(0)));
                    Exim exim = Exim.relayingTo(balancer.address())) {
                submit(exim.address());
                awaitAll(front, () -> log(exim));
            }
        }
    }
}
