// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.HostAndPort;
import org.postern.core.dns.DnsResolver;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffId;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.handoff.MailStore;
import org.postern.core.limits.Deadline;
import org.postern.delivery.MailStores;
import org.postern.delivery.Mails;
import org.postern.delivery.RunningStore;
import org.postern.delivery.net.NamedHosts;
import org.postern.delivery.net.Watchdog;
import org.postern.delivery.spool.SpoolStore;

class HandoffFaultsTest {
    private static final String TEXT = "A: b\r\n\r\nhello\r\n";

    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init") // before each test
    private RunningStore store;

    @BeforeEach
    void start() {
        store = new RunningStore(folder);
    }

    @AfterEach
    void stop() {
        store.close();
    }

    private static MailStore front(HostAndPort... stores) {
        return front(new SimpleMeterRegistry(), stores);
    }

    private static MailStore front(SimpleMeterRegistry meters, HostAndPort... stores) {
        return MailStores.connect(HandoffClientConfig.to(HandoffClientConfig.Protocol.POSTERN, stores), "mx1", meters);
    }

    /// How many octets a front sends for this mail, greeting included.
    private static int octetsOf(Handoff mail) {
        int hello = new Hello(1, 1, "mx1").frame().payload().length + 5;
        int head = new MailFrame(
                                mail.id(),
                                mail.dedupKey(),
                                Duration.ZERO,
                                mail.disposition(),
                                mail.content().size(),
                                mail.envelope())
                        .frame()
                        .payload()
                        .length
                + 5;
        return hello + head + (int) mail.content().size() + 37;
    }

    @Test
    void connection_cutAfterAnyOctetToTheStore_stillMakesExactlyOneMail() throws IOException {
        int total = octetsOf(Mails.handoff(TEXT + 100, "user100@example.org"));
        for (int i = 1; i <= total; i++) {
            // One letter more or less in the text does not matter: the last cuts lie behind the end.
            String user = "user" + (100 + i) + "@example.org";
            try (CuttingProxy proxy = new CuttingProxy(store.handoff(), i, Long.MAX_VALUE, 1);
                    MailStore front = front(proxy.address())) {
                Handoff mail = Mails.handoff(TEXT + (100 + i), user);
                assertThat(front.handOver(mail, Mails.soon()))
                        .as("cut after %d of %d", i, total)
                        .isInstanceOfAny(HandoffResult.Accepted.class, HandoffResult.Refused.class);
            }
        }
        store.drain();
        for (int i = 1; i <= total; i++) {
            assertThat(Mails.in(store.mail(), "user" + (100 + i)).size())
                    .as("cut after %d", i)
                    .isBetween(0, 1);
        }
    }

    @Test
    void connection_cutAfterAnyOctetFromTheStore_isSettledWithTheSameId() throws IOException {
        int total = new Hello(1, 1, "store1", 64).frame().payload().length + 5;
        int answer = 5 + 1 + 2 + Mails.newId().toString().length();
        for (int i = total; i < total + answer; i++) {
            try (CuttingProxy proxy = new CuttingProxy(store.handoff(), Long.MAX_VALUE, i, 1);
                    MailStore front = front(proxy.address())) {
                Handoff mail = Mails.handoff(TEXT + i, "user" + i + "@example.org");
                assertThat(front.handOver(mail, Mails.soon()))
                        .as("cut after %d", i)
                        .isInstanceOf(HandoffResult.Accepted.class);
            }
        }
        store.drain();
        for (int i = total; i < total + answer; i++) {
            assertThat(Mails.in(store.mail(), "user" + i)).as("cut after %d", i).hasSize(1);
        }
    }

    @Test
    void abort_isOnlyForMailWithoutAnAnswer() throws IOException {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        int greeting = new Hello(1, 1, "store1", 64).frame().payload().length + 5;
        try (CuttingProxy mute = new CuttingProxy(store.handoff(), Long.MAX_VALUE, greeting, Integer.MAX_VALUE);
                MailStore answered = front(meters, store.handoff());
                MailStore unanswered = front(meters, mute.address())) {
            assertThat(answered.handOver(Mails.handoff(TEXT, "alice@example.org"), Mails.soon()))
                    .isInstanceOf(HandoffResult.Accepted.class);
            assertThat(aborts(meters)).isZero();

            unanswered.handOver(Mails.handoff(TEXT, "bob@example.org"), Deadline.in(Duration.ofMillis(1500)));
            assertThat(aborts(meters)).isEqualTo(1);
        }
    }

    private static double aborts(SimpleMeterRegistry meters) {
        return meters.get("postern.handoff.client.aborts").counter().count();
    }

    @Test
    void reply_thatNeverComes_isIndeterminate_andTheIdIsSettledLater() throws IOException {
        try (CuttingProxy proxy = new CuttingProxy(store.handoff(), Long.MAX_VALUE, 20, Integer.MAX_VALUE);
                MailStore front = front(proxy.address())) {
            Handoff mail = Mails.handoff(TEXT, "alice@example.org");
            HandoffResult result = front.handOver(mail, Deadline.in(Duration.ofMillis(1500)));
            assertThat(result).isInstanceOfAny(HandoffResult.Indeterminate.class, HandoffResult.Refused.class);
        }
        try (MailStore front = front(store.handoff())) {
            // The sender comes back with the same mail under another id: it is here already, or it is kept now.
            assertThat(front.handOver(Mails.handoff(TEXT, "alice@example.org"), Mails.soon()))
                    .isInstanceOf(HandoffResult.Accepted.class);
        }
        store.drain();
        assertThat(Mails.in(store.mail(), "alice")).hasSize(1);
    }

    @Test
    void frozenStore_isSaidNotToAnswer() throws Exception {
        try (ServerSocket frozen = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                MailStore front = front(new HostAndPort("127.0.0.1", frozen.getLocalPort()))) {
            HandoffResult result =
                    front.handOver(Mails.handoff(TEXT, "alice@example.org"), Deadline.in(Duration.ofMillis(800)));
            String store = "127.0.0.1:" + frozen.getLocalPort();
            assertThat(result)
                    .isEqualTo(new HandoffResult.Refused(
                            false, "no store can be reached: " + store + ": it does not answer in time"));
            assertThat(front.availability().detail())
                    .isEqualTo("store " + store + " cannot be reached: it does not answer in time");
        }
    }

    @Test
    void silentStore_costsNoMoreThanTheDeadline_andIsIndeterminate() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            List<Socket> accepted = new ArrayList<>();
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        Socket socket = silent.accept();
                        accepted.add(socket);
                        Frame _ = Frame.read(socket.getInputStream());
                        OutputStream out = socket.getOutputStream();
                        new Hello(1, 1, "black hole").frame().write(out);
                        Thread.ofVirtual().start(() -> swallow(socket));
                    }
                } catch (IOException e) {
                    // Closed at the end of the test.
                }
            });
            try (MailStore front = front(new HostAndPort("127.0.0.1", silent.getLocalPort()))) {
                long start = System.nanoTime();
                HandoffResult result =
                        front.handOver(Mails.handoff(TEXT, "alice@example.org"), Deadline.in(Duration.ofMillis(800)));
                assertThat(result).isInstanceOf(HandoffResult.Indeterminate.class);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            }
            for (Socket socket : accepted) {
                socket.close();
            }
        }
    }

    private static void swallow(Socket socket) {
        try {
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // Closed at the end of the test.
        }
    }

    @Test
    void frontThatFreezesInAMail_isGivenUpAtItsDeadline_andNothingOfTheMailIsLeft() throws IOException {
        Handoff mail = Mails.handoff(TEXT.repeat(100), "alice@example.org");
        try (Socket frozen =
                new Socket(InetAddress.getLoopbackAddress(), store.handoff().port())) {
            frozen.setSoTimeout(30_000);
            OutputStream out = frozen.getOutputStream();
            new Hello(1, 1, "mx1").frame().write(out);
            Hello _ = Hello.parse(Frame.read(frozen.getInputStream()));
            new MailFrame(
                            mail.id(),
                            mail.dedupKey(),
                            Duration.ofSeconds(1),
                            mail.disposition(),
                            mail.content().size(),
                            mail.envelope())
                    .frame()
                    .write(out);
            out.write(TEXT.getBytes(StandardCharsets.US_ASCII));
            assertThat(frozen.getInputStream().read()).as("the store hangs up").isEqualTo(-1);
        }
        assertThat(store.store().stats().mails()).isZero();
        assertThat(filesOf(mail.id())).isEmpty();
        // It wakes, says 451, and the sender comes back.
        try (MailStore front = store.front()) {
            assertThat(front.handOver(Mails.handoff(TEXT.repeat(100), "alice@example.org"), Mails.soon()))
                    .isInstanceOf(HandoffResult.Accepted.class);
        }
        store.drain();
        assertThat(Mails.in(store.mail(), "alice")).hasSize(1);
    }

    private List<Path> filesOf(HandoffId id) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(path -> path.getFileName().toString().contains(id.toString()))
                    .toList();
        }
    }

    @Test
    void anotherStore_isTriedWhenTheFirstCannotBeReached() throws IOException {
        HostAndPort gone;
        try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            gone = new HostAndPort("127.0.0.1", socket.getLocalPort());
        }
        try (MailStore front = front(gone, store.handoff())) {
            for (int i = 0; i < 20; i++) {
                assertThat(front.handOver(Mails.handoff(TEXT + i, "alice@example.org"), Mails.soon()))
                        .isInstanceOf(HandoffResult.Accepted.class);
            }
        }
        store.drain();
        assertThat(Mails.in(store.mail(), "alice")).hasSize(20);
    }

    @Test
    void sameId_withOtherContent_isRefusedAndTheFirstIsKept() throws IOException {
        HandoffId id = Mails.newId();
        try (MailStore front = store.front()) {
            assertThat(front.handOver(Mails.handoff(id, "first", "alice@example.org"), Mails.soon()))
                    .isInstanceOf(HandoffResult.Accepted.class);
            assertThat(front.handOver(Mails.handoff(id, "second", "alice@example.org"), Mails.soon()))
                    .isInstanceOfSatisfying(
                            HandoffResult.Refused.class,
                            r -> assertThat(r.permanent()).isTrue());
        }
        store.drain();
        assertThat(Files.readString(Mails.in(store.mail(), "alice").getFirst())).endsWith("first");
    }

    @Test
    void front_survivesARestartOfTheStore_withItsOldConnections() {
        try (MailStore front = store.front()) {
            assertThat(front.handOver(Mails.handoff("1", "alice@example.org"), Mails.soon()))
                    .isInstanceOf(HandoffResult.Accepted.class);
        }
        store.restart();
        try (MailStore front = store.front()) {
            assertThat(front.handOver(Mails.handoff("2", "alice@example.org"), Mails.soon()))
                    .isInstanceOf(HandoffResult.Accepted.class);
        }
        store.drain();
        assertThat(Mails.in(store.mail(), "alice")).hasSize(2);
    }

    @Test
    void mail_whoseHashDoesNotAgree_isNotKept() throws IOException {
        Handoff mail = Mails.handoff(TEXT, "alice@example.org");
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), store.handoff().port())) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            new Hello(1, 1, "mx1").frame().write(out);
            assertThat(Hello.parse(Frame.read(socket.getInputStream())).lowest())
                    .isEqualTo(1);
            new MailFrame(
                            mail.id(),
                            mail.dedupKey(),
                            Duration.ofSeconds(10),
                            mail.disposition(),
                            mail.content().size(),
                            mail.envelope())
                    .frame()
                    .write(out);
            mail.content().writeTo(out);
            new Frame(Frame.TRAILER, new byte[32]).write(out);
            assertThat(Frame.read(socket.getInputStream()).type()).isEqualTo(Frame.ERROR);
        }
        assertThat(store.store().stats().mails()).isZero();
    }

    @Test
    void frontOfAnotherVersion_isToldThatNoneFits() throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), store.handoff().port())) {
            socket.setSoTimeout(20_000);
            new Hello(7, 9, "future").frame().write(socket.getOutputStream());
            assertThat(Hello.parse(Frame.read(socket.getInputStream())).lowest())
                    .isZero();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void abortedId_isRefused() throws IOException {
        HandoffId id = Mails.newId();
        try (Watchdog watchdog = new Watchdog();
                StoreConnection connection = StoreConnection.open(
                        store.handoff(),
                        new NamedHosts(DnsResolver.unavailable()),
                        "mx1",
                        Optional.empty(),
                        watchdog,
                        Mails.soon())) {
            assertThat(connection.status(id, Mails.soon())).isEqualTo(SpoolStore.Status.UNKNOWN);
            assertThat(connection.abort(id, Mails.soon())).isEqualTo(SpoolStore.Status.ABORTED);
            assertThat(connection.status(id, Mails.soon())).isEqualTo(SpoolStore.Status.ABORTED);
            assertThat(connection.ping(Mails.soon())).isEmpty();
        }
        try (MailStore front = store.front()) {
            assertThat(front.handOver(Mails.handoff(id, TEXT, "alice@example.org"), Mails.soon()))
                    .isInstanceOf(HandoffResult.Refused.class);
        }
    }
}
