// SPDX-License-Identifier: Apache-2.0
package org.postern.core.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.core.config.HostAndPort;
import org.postern.core.dns.DnsAnswer.Failure;
import org.postern.core.dns.DnsAnswer.Reason;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;

/// Servers that misbehave, as UDP sockets on loopback.
@Timeout(60)
final class ServerTransportTest {
    private static final DnsQuestion QUESTION = new DnsQuestion(new DnsName("example.org"), DnsQuestion.Type.TXT);

    /// Answers each datagram with what the function makes of it; silent when that is empty.
    private static final class Server implements AutoCloseable {
        private final DatagramSocket socket;
        final AtomicInteger received = new AtomicInteger();

        Server(Function<byte[], Optional<byte[]>> answers) throws IOException {
            socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(() -> {
                byte[] buffer = new byte[4096];
                while (!socket.isClosed()) {
                    try {
                        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                        socket.receive(packet);
                        received.incrementAndGet();
                        Optional<byte[]> answer = answers.apply(Arrays.copyOf(buffer, packet.getLength()));
                        if (answer.isPresent()) {
                            socket.send(
                                    new DatagramPacket(answer.get(), answer.get().length, packet.getSocketAddress()));
                        }
                    } catch (IOException _) {
                        return;
                    }
                }
            });
        }

        HostAndPort address() {
            return new HostAndPort("127.0.0.1", socket.getLocalPort());
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    private static Optional<byte[]> reply(byte[] query, java.util.function.Consumer<Message> change) {
        try {
            Message question = new Message(query);
            Message answer = new Message(question.getHeader().getID());
            answer.getHeader().setFlag(Flags.QR);
            answer.addRecord(question.getQuestion(), Section.QUESTION);
            change.accept(answer);
            return Optional.of(answer.toWire());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void txt(Message answer, String name, String text) {
        answer.addRecord(new TXTRecord(Name.fromConstantString(name), DClass.IN, 60, text), Section.ANSWER);
    }

    private static DnsAnswer ask(int tries, Server... servers) throws InterruptedException {
        DnsConfig config = new DnsConfig(
                Arrays.stream(servers).map(Server::address).toList(),
                Duration.ofSeconds(20),
                Duration.ofMillis(300),
                tries,
                10,
                ByteSize.ofMiB(1),
                Duration.ofHours(1),
                Duration.ofHours(1),
                Duration.ZERO);
        try (DnsClient client = new DnsClient(config, new SimpleMeterRegistry())) {
            return client.ask(QUESTION, Deadline.in(Duration.ofSeconds(30)));
        }
    }

    private static void assertFails(DnsAnswer answer, Reason reason) {
        assertThat(answer)
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.reason()).isEqualTo(reason));
    }

    @Test
    void ask_silentServer_timesOutAfterAllTries() throws Exception {
        try (Server silent = new Server(query -> Optional.empty())) {
            assertFails(ask(3, silent), Reason.TIMED_OUT);
            assertThat(silent.received).hasValue(3);
        }
    }

    @Test
    void ask_firstServerSilentOrBroken_isAnsweredByTheSecond() throws Exception {
        try (Server silent = new Server(query -> Optional.empty());
                Server broken = new Server(
                        query -> reply(query, answer -> answer.getHeader().setRcode(Rcode.SERVFAIL)));
                Server good = new Server(query -> reply(query, answer -> txt(answer, "example.org.", "here")))) {
            DnsAnswer here = new DnsAnswer.Answer(List.of(new DnsRecord.Txt("here")));
            assertThat(ask(4, silent, good)).isEqualTo(here);
            assertThat(ask(4, broken, good)).isEqualTo(here);
        }
    }

    @Test
    void ask_serverFailure_isAFailure_andNotAskedAgain() throws Exception {
        try (Server broken =
                new Server(query -> reply(query, answer -> answer.getHeader().setRcode(Rcode.SERVFAIL)))) {
            assertFails(ask(4, broken), Reason.SERVER_FAILURE);
            assertThat(broken.received).hasValue(1);
        }
        try (Server refusing =
                new Server(query -> reply(query, answer -> answer.getHeader().setRcode(Rcode.REFUSED)))) {
            assertFails(ask(4, refusing), Reason.REFUSED);
        }
    }

    @Test
    void ask_recordsOfAnotherName_areNotBelieved() throws Exception {
        try (Server poisoner = new Server(query -> reply(query, answer -> txt(answer, "other.example.", "poison")))) {
            assertThat(ask(1, poisoner)).isEqualTo(new DnsAnswer.NoData());
        }
    }

    @Test
    void ask_answerWithAnotherId_isNotBelieved() throws Exception {
        try (Server spoofer = new Server(query -> {
            byte[] other = query.clone();
            other[0] ^= 0x55;
            return reply(other, answer -> txt(answer, "example.org.", "spoofed"));
        })) {
            assertThat(ask(2, spoofer)).isInstanceOf(Failure.class);
        }
    }

    @Test
    void ask_aliasThatLeadsToItself_isAFailure() throws Exception {
        try (Server looping = new Server(query -> reply(
                query,
                answer -> answer.addRecord(
                        new CNAMERecord(
                                Name.fromConstantString("example.org."),
                                DClass.IN,
                                60,
                                Name.fromConstantString("example.org.")),
                        Section.ANSWER)))) {
            assertFails(ask(1, looping), Reason.MALFORMED);
        }
    }

    @Test
    void ask_aliasWithoutItsTarget_asksForTheTarget() throws Exception {
        try (Server partial = new Server(query -> reply(query, answer -> {
            if (answer.getQuestion().getName().toString().equals("example.org.")) {
                answer.addRecord(
                        new CNAMERecord(
                                Name.fromConstantString("example.org."),
                                DClass.IN,
                                60,
                                Name.fromConstantString("target.example.")),
                        Section.ANSWER);
            } else {
                txt(answer, "target.example.", "found");
            }
        }))) {
            assertThat(ask(1, partial)).isEqualTo(new DnsAnswer.Answer(List.of(new DnsRecord.Txt("found"))));
        }
    }

    @Test
    void ask_randomOctetsAsAnswer_isNeverAnAnswer() throws Exception {
        long seed = System.nanoTime();
        System.err.println("ServerTransportTest seed " + seed);
        Random random = new Random(seed);
        try (Server noise = new Server(query -> {
            byte[] octets = new byte[random.nextInt(1, 200)];
            random.nextBytes(octets);
            System.arraycopy(query, 0, octets, 0, Math.min(2, octets.length));
            return Optional.of(octets);
        })) {
            for (int i = 0; i < 20; i++) {
                assertThat(ask(1, noise)).isNotInstanceOf(DnsAnswer.Answer.class);
            }
        }
    }

    @Test
    void validatingAsk_ofAnAnswerThatEndsInAnAlias_isAFailure_andNotVouchedForAsNothing() throws Exception {
        try (Server cut = new Server(query -> reply(query, answer -> {
                    answer.getHeader().setFlag(Flags.AD);
                    answer.addRecord(
                            new CNAMERecord(
                                    Name.fromConstantString("example.org."),
                                    DClass.IN,
                                    60,
                                    Name.fromConstantString("elsewhere.example.")),
                            Section.ANSWER);
                }));
                ValidatingResolver resolver = new ValidatingResolver(cut.address())) {
            SecureDns.Vouched vouched = resolver.ask(QUESTION, Deadline.in(Duration.ofSeconds(30)));
            assertFails(vouched.answer(), Reason.MALFORMED);
            assertThat(vouched.authentic()).isFalse();
        }
    }

    @Test
    void mxRecords_thatNameNoUsableHost_areAFailure_notNothing() throws Exception {
        Message answer = new Message(1);
        Name name = Name.fromConstantString("example.org.");
        answer.addRecord(
                new MXRecord(name, DClass.IN, 60, 10, Name.fromConstantString("with\\.dot.example.org.")),
                Section.ANSWER);
        MessageReader reader = new MessageReader(answer, new DnsName("example.org"), DnsQuestion.Type.MX);
        assertFails(reader.answer(), Reason.MALFORMED);
    }
}
