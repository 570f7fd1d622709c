// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.filter.Assessment;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffId;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.handoff.MailStore;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.limits.Rate;
import org.postern.core.mail.Domain;

/// After 100,000 sessions, broken off at every possible point over real connections, everything is where it was:
/// descriptors, heap, Netty's memory and buffers (the leak detector is at paranoid), threads of both kinds, files.
final class LeakTest {
    private static final int SESSIONS = 100_000;
    private static final int WARM_UP = 4_000;
    private static final int CLIENTS = 4;
    private static final long HEAP_SLACK = 4L * 1024 * 1024;
    private static final long NETTY_SLACK = 16L * 1024 * 1024;

    /// Every kind of thing that can be under way; message-memory is 9 KiB, so there are small messages in memory,
    /// larger ones with a part of it, and messages in files.
    private static final List<byte[]> SCRIPTS = Stream.of(
                    "EHLO client.example\r\nMAIL FROM:<a@there.example>\r\nRCPT TO:<nobody@here.example>\r\n"
                            + "RCPT TO:<bob@here.example>\r\nDATA\r\nSubject: x\r\n\r\n" + "text ".repeat(250)
                            + "\r\n..\r\n.\r\nRSET\r\nQUIT\r\n",
                    "EHLO client.example\r\nMAIL FROM:<> BODY=8BITMIME\r\nRCPT TO:<bob@here.example>\r\n"
                            + "BDAT 700\r\n" + "x".repeat(700) + "BDAT 700\r\n" + "y".repeat(700) + "BDAT 0 LAST\r\n"
                            + "BDAT 50\r\n" + "z".repeat(50) + "QUIT\r\n",
                    "HELO client.example\r\nMAIL FROM:<>\r\n" + "RCPT TO:<bob@here.example>\r\n".repeat(8) + "DATA\r\n"
                            + ("y".repeat(98) + "\r\n").repeat(110) + ".\r\nNOOP\r\n",
                    "HELO client.example\r\nSTARTTLS\r\nNOOP\r\nXCLIENT ADDR=1.2.3.4\r\n" + "A".repeat(600) + "\r\n")
            .map(text -> text.getBytes(StandardCharsets.US_ASCII))
            .toList();

    /// What is said under TLS, with a login of several lines.
    private static final byte[] SECRET = ("EHLO client.example\r\nAUTH LOGIN\r\nYWxpY2VAaGVyZS5leGFtcGxl\r\n"
                    + "Y29ycmVjdCBob3JzZQ==\r\nMAIL FROM:<alice@here.example>\r\nRCPT TO:<bob@here.example>\r\nDATA\r\n"
                    + "text ".repeat(250) + "\r\n.\r\nQUIT\r\n")
            .getBytes(StandardCharsets.US_ASCII);

    private static final SSLContext TLS = Client.trusting();

    @TempDir
    private Path folder;

    /// What sessions and mails take, and must give back.
    private static final List<String> PLACES = List.of(
            "postern.smtp.connections",
            "postern.smtp.messages.in.memory",
            "postern.smtp.recipients.open",
            "postern.smtp.mails.overdue",
            "postern.admission.strangers",
            "postern.admission.mails.arriving",
            "postern.admission.mails.working");

    private final AtomicLong begun = new AtomicLong();
    private final AtomicInteger kept = new AtomicInteger();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void after_100_000_sessions_broken_off_anywhere_everything_is_where_it_was() throws Exception {
        try (SmtpFront front = start()) {
            byte[] hello = clientHello();
            run(front, hello, WARM_UP);
            awaitEnd(front);
            Holdings before = Holdings.now();
            long began = System.nanoTime();
            run(front, hello, SESSIONS);
            System.out.printf(
                    "%d sessions in %d s, %d mails kept%n",
                    SESSIONS, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began), kept.get());
            awaitEnd(front);
            Holdings after = Holdings.now();
            // Handshakes and mails under way end a moment after their connections.
            for (int i = 0;
                    i < 50 && !(after.isNoMoreThan(before, HEAP_SLACK, NETTY_SLACK) && taken().isEmpty());
                    i++) {
                Thread.sleep(200);
                after = Holdings.now();
            }
            System.out.println(before + "\n" + after);
            assertThat(after.isNoMoreThan(before, HEAP_SLACK, NETTY_SLACK))
                    .as(before + " and then " + after)
                    .isTrue();
            assertThat(taken()).isEmpty();
            assertThat(LeakCheck.leaks()).isEmpty();
            assertThat(kept.get()).as("some came to their end").isGreaterThan(100);
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files).isEmpty();
            }
        }
    }

    private SmtpFront start() throws IOException {
        LimitsConfig limits = new LimitsConfig(5000, 5000, ByteSize.ofMiB(1), ByteSize.ofKiB(9), 10, 512, 20, 10, 50);
        SmtpFrontConfig plain = SmtpFrontConfig.of(
                List.of(
                        ListenerConfig.of("127.0.0.1", 0, TlsMode.STARTTLS),
                        ListenerConfig.of("127.0.0.1", 0, TlsMode.IMPLICIT)),
                Authentication.OPTIONAL);
        var rates = Change.with(plain.admission().rates(), "connections", Rate.parse("unlimited"));
        rates = Change.with(rates, "commands", Rate.parse("unlimited"));
        SmtpFrontConfig config =
                Change.with(Change.limits(plain, limits), "admission", Change.with(plain.admission(), "rates", rates));
        return SmtpFront.start(
                new FrontIdentity("n1", "test", new Domain("mx.here.example"), folder),
                config,
                new Collaborators(
                        new FakeDirectory(),
                        (mail, deadline) -> Assessment.accepted(),
                        new Counting(kept),
                        decision -> {},
                        meters));
    }

    private void run(SmtpFront front, byte[] hello, int sessions) throws InterruptedException {
        List<Thread> clients = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int c = 0; c < CLIENTS; c++) {
            int from = 2 + c;
            clients.add(Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; i < sessions / CLIENTS; i++) {
                        long number = begun.getAndIncrement();
                        if (number % 50 == 49) {
                            breakOffUnderTls(front, number / 50);
                        } else {
                            breakOff(front, hello, from, number);
                        }
                    }
                } catch (IOException | RuntimeException | Error e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            }));
        }
        for (Thread client : clients) {
            client.join();
        }
        assertThat(failures).isEmpty();
    }

    /// The cut goes through all octets of all scripts in turn; each is made by a reset, a close, or a half-close.
    private static void breakOff(SmtpFront front, byte[] hello, int from, long number) throws IOException {
        boolean tls = number % 10 == 9;
        byte[] script = tls ? hello : SCRIPTS.get((int) (number % SCRIPTS.size()));
        int cut = (int) (number / SCRIPTS.size() % (script.length + 1));
        boolean greeted = number % 7 == 0;
        try (SocketChannel client = SocketChannel.open()) {
            // Several addresses of our own: one has too few ports for this many connections.
            client.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) from}), 0));
            client.setOption(StandardSocketOptions.TCP_NODELAY, true);
            client.connect(front.addresses().get(tls ? 1 : 0));
            if (greeted && !tls) {
                var _ = client.read(ByteBuffer.allocate(200));
            }
            ByteBuffer octets = ByteBuffer.wrap(script, 0, cut);
            while (octets.hasRemaining()) {
                var _ = client.write(octets);
            }
            switch ((int) (number % 5)) {
                case 0 -> {
                    // A close; waits for the peer, which leaves no port behind here.
                    client.shutdownOutput();
                    ByteBuffer rest = ByteBuffer.allocate(4096);
                    while (client.read(rest.clear()) > 0) {
                        // Until the server closes.
                    }
                }
                default -> client.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (java.net.SocketException e) {
            // The server may be first.
        }
    }

    private static void breakOffUnderTls(SmtpFront front, long number) throws IOException {
        try (Socket plain = new Socket()) {
            plain.connect(front.addresses().get(1));
            plain.setSoLinger(true, 0);
            SSLSocket client =
                    (SSLSocket) TLS.getSocketFactory().createSocket(plain, "localhost", plain.getPort(), false);
            client.getOutputStream().write(SECRET, 0, (int) (number * 7 % (SECRET.length + 1)));
            if (number % 3 == 0) {
                client.close();
            }
        } catch (java.net.SocketException e) {
            // The server may be first.
        }
    }

    /// The first flight of a TLS client.
    private static byte[] clientHello() throws IOException, GeneralSecurityException {
        SSLEngine engine = Client.trusting().createSSLEngine();
        engine.setUseClientMode(true);
        engine.beginHandshake();
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        ByteArrayOutputStream hello = new ByteArrayOutputStream();
        var _ = engine.wrap(ByteBuffer.allocate(0), out);
        hello.write(out.array(), 0, out.position());
        return hello.toByteArray();
    }

    /// The meters of places that somebody has.
    private List<String> taken() {
        return PLACES.stream()
                .filter(places -> meters.get(places).gauge().value() != 0)
                .toList();
    }

    private static void awaitEnd(SmtpFront front) throws InterruptedException {
        while (front.connections() > 0) {
            Thread.sleep(20);
        }
    }

    /// Takes every mail and forgets it.
    private record Counting(AtomicInteger kept) implements MailStore {
        @Override
        public HandoffResult handOver(Handoff handoff, Deadline deadline) {
            try {
                handoff.content().writeTo(java.io.OutputStream.nullOutputStream());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            kept.incrementAndGet();
            return new HandoffResult.Accepted("s1", false);
        }

        @Override
        public void proven(HandoffId id) {}

        @Override
        public Availability availability() {
            return new Availability(true, "");
        }

        @Override
        public void close() {}
    }
}
