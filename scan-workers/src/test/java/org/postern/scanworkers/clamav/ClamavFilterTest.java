// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postern.scanworkers.Silences.assertSilent;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory.Surroundings;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailTransaction;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageContentBuilder;
import org.postern.core.mail.MessageHeader;
import org.postern.scanworkers.Mails;
import org.postern.scanworkers.pool.BackendAddress;

/// The filter against servers that hang, lie and cut off.
@Timeout(120)
class ClamavFilterTest {
    private static final MailTransaction MAIL = Mails.of(FakeClamd.MARK + ": yes", "", "text");

    private static Filter filter(String... backends) {
        return filter(10, Duration.ofSeconds(30), backends);
    }

    private static Filter filter(int connections, Duration scanTimeout, String... backends) {
        ClamavConfig config = new ClamavConfig(
                List.of(backends),
                connections,
                100,
                Duration.ofSeconds(5),
                scanTimeout,
                Duration.ofMinutes(2),
                ByteSize.ofMiB(4),
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                Duration.ofDays(3),
                ReloadConfig.DEFAULTS,
                List.of());
        return new ClamavFilterFactory()
                .create(config, new Surroundings(Path.of("."), Path.of("."), new SimpleMeterRegistry()));
    }

    private static FilterResult scan(Filter filter, MailTransaction mail) throws InterruptedException {
        return filter.scan(mail, Deadline.in(Duration.ofSeconds(40)));
    }

    @Test
    void scan_whenClamdSaysOk_findsNothing() throws Exception {
        try (FakeClamd clamd = new FakeClamd(FakeClamd.replying("stream: OK\0"));
                Filter filter = filter(clamd.address())) {
            assertThat(scan(filter, MAIL)).isEqualTo(FilterResult.nothing());
        }
    }

    @Test
    void scan_whenClamdFindsSomething_namesIt() throws Exception {
        try (FakeClamd clamd = new FakeClamd(FakeClamd.replying("stream: Some.Virus-1 FOUND\0"));
                Filter filter = filter(clamd.address())) {
            FilterResult result = scan(filter, MAIL);
            assertThat(result).isInstanceOfSatisfying(FilterResult.Findings.class, found -> {
                assertThat(found.findings()).singleElement().satisfies(finding -> {
                    assertThat(finding.symbol()).isEqualTo("CLAMAV_VIRUS");
                    assertThat(finding.score()).isEqualTo(1.0);
                    assertThat(finding.evidence()).isEqualTo("Some.Virus-1");
                });
            });
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "COMMAND READ TIMED OUT\n",
                "INSTREAM: Can't allocate memory ERROR\0",
                "stream: Can't open file ERROR\0",
                "UNKNOWN COMMAND\0",
                "stream: OK",
                "stream: ok\0",
                "stream: OK \0",
                "x\0stream: OK\0",
                "\0",
                "stream: FOUND\0",
                "stream:  FOUND\0",
                "stream: OK ERROR\0",
                "<html>stream: OK</html>\0",
                "PONG\0"
            })
    void scan_whenTheReplyIsNotExactlyOk_givesNoVerdict(String reply) throws Exception {
        try (FakeClamd clamd = new FakeClamd(FakeClamd.replying(reply));
                Filter filter = filter(clamd.address())) {
            assertThat(scan(filter, MAIL)).isInstanceOf(NoVerdict.class);
        }
    }

    @Test
    void parse_whenAReplyIsCutAnywhere_isNeverClean() {
        byte[] whole = "stream: OKAY.Worm FOUND".getBytes(StandardCharsets.US_ASCII);
        for (int length = 0; length < whole.length; length++) {
            assertThat(ClamdReply.parse(whole, length, false)).isInstanceOf(ClamdReply.Failed.class);
        }
    }

    @Test
    void parse_ofRandomOctets_isNeverClean() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] octets = "stream: OK".getBytes(StandardCharsets.US_ASCII);
            octets[random.nextInt(octets.length)] ^= (byte) (1 + random.nextInt(255));
            assertThat(ClamdReply.parse(octets, octets.length, true))
                    .as("seed %d", seed)
                    .isNotInstanceOf(ClamdReply.Clean.class);
        }
    }

    @Test
    void scan_whenTheReplyNeverEnds_givesNoVerdictAndHangsUp() throws Exception {
        FakeClamd.Behaviour endless = (socket, in, out) -> {
            FakeClamd.readChunks(in, Long.MAX_VALUE);
            byte[] garbage = "garbage ".repeat(8192).getBytes(StandardCharsets.US_ASCII);
            while (true) {
                out.write(garbage);
            }
        };
        try (FakeClamd clamd = new FakeClamd(endless);
                Filter filter = filter(clamd.address())) {
            assertThat(scan(filter, MAIL)).isInstanceOf(NoVerdict.class);
        }
    }

    @Test
    void scan_whenClamdStopsReadingAndSaysWhy_readsTheReason() throws Exception {
        FakeClamd.Behaviour tooLarge = (socket, in, out) -> {
            FakeClamd.readChunks(in, 100_000);
            out.write("INSTREAM size limit exceeded. ERROR\0".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            socket.shutdownOutput();
            Thread.sleep(300);
        };
        try (FakeClamd clamd = new FakeClamd(tooLarge);
                Filter filter = filter(clamd.address())) {
            byte[] big = (FakeClamd.MARK + ": yes\r\n\r\n" + "x".repeat(3_000_000)).getBytes(StandardCharsets.US_ASCII);
            assertSilent(scan(filter, Mails.of(big)), NoVerdictReason.TOO_LARGE);
        }
    }

    @Test
    void scan_whenClamdSaysOkBeforeItHasAllOfTheMail_isNotClean() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        FakeClamd.Behaviour hasty = (socket, in, out) -> {
            out.write("stream: OK\0".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            answered.countDown();
            FakeClamd.readChunks(in, Long.MAX_VALUE);
        };
        byte[] start = (FakeClamd.MARK + ": yes\r\n\r\n" + "x".repeat(64 * 1024)).getBytes(StandardCharsets.US_ASCII);
        InputStream slow = new FilterInputStream(new ByteArrayInputStream(new byte[200_000])) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                try {
                    answered.await();
                    Thread.sleep(300);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return super.read(target, offset, length);
            }
        };
        try (FakeClamd clamd = new FakeClamd(hasty);
                ClamdConnection connection =
                        ClamdConnection.open(BackendAddress.parse(clamd.address()), Duration.ofSeconds(5))) {
            InputStream mail = new SequenceInputStream(new ByteArrayInputStream(start, 0, 64 * 1024), slow);
            assertThat(connection.scan(mail)).isInstanceOf(ClamdReply.Failed.class);
        }
    }

    @Test
    void scan_whenNobodyListens_givesNoVerdictAtOnce() throws Exception {
        String address;
        try (FakeClamd gone = new FakeClamd(FakeClamd.replying(""))) {
            address = gone.address();
        }
        try (Filter filter = filter(address)) {
            FilterResult result = scan(filter, MAIL);
            assertSilent(result, NoVerdictReason.UNAVAILABLE);
            assertThat(filter.status(Deadline.in(Duration.ofSeconds(5))).usable())
                    .isFalse();
        }
    }

    @Test
    void scan_whenClamdAnswersPingOnly_saysItIsOverloaded() throws Exception {
        try (FakeClamd clamd = new FakeClamd(FakeClamd.replying("stream: OK\0"))) {
            clamd.healthy = false;
            try (Filter filter = filter(clamd.address())) {
                FilterResult result = scan(filter, MAIL);
                assertThat(result).isInstanceOf(NoVerdict.class);
                while (!filter.health().description().contains(" OVERLOADED (answers PING")) {
                    Thread.sleep(20);
                }
                clamd.healthy = true;
                while (!(scan(filter, MAIL) instanceof FilterResult.Findings)) {
                    Thread.sleep(100);
                }
            }
        }
    }

    /// The snowball: senders come back while clamd still works on what they sent before.
    @Test
    void scan_whenClamdHangs_answersInTimeAndKeepsThePlaceUntilClamdLetsGo() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        FakeClamd.Behaviour hanging = (socket, in, out) -> {
            FakeClamd.readChunks(in, Long.MAX_VALUE);
            release.await();
            out.write("stream: OK\0".getBytes(StandardCharsets.US_ASCII));
        };
        try (FakeClamd clamd = new FakeClamd(hanging);
                Filter filter = filter(2, Duration.ofSeconds(30), clamd.address())) {
            filter.status(Deadline.in(Duration.ofSeconds(10)));
            for (int i = 0; i < 6; i++) {
                Deadline deadline = Deadline.in(Duration.ofMillis(400));
                assertThat(filter.scan(MAIL, deadline)).isInstanceOf(NoVerdict.class);
            }
            assertThat(clamd.mails).as("no more scans than places").hasValueLessThanOrEqualTo(2);
            release.countDown();
            clamd.behaviour = FakeClamd.replying("stream: OK\0");
            while (!(scan(filter, MAIL) instanceof FilterResult.Findings)) {
                Thread.sleep(50);
            }
        }
    }

    @Test
    void scan_ofAMailThatCannotBeRead_isOurOwnFailure_andClamdStaysUp(@TempDir Path folder) throws Exception {
        byte[] octets = (FakeClamd.MARK + ": yes\r\n\r\n" + "x".repeat(200_000)).getBytes(StandardCharsets.US_ASCII);
        try (FakeClamd clamd = new FakeClamd(FakeClamd.replying("stream: OK\0"));
                Filter filter = filter(clamd.address())) {
            assertThat(scan(filter, MAIL)).isEqualTo(FilterResult.nothing());
            MailTransaction unreadable;
            try (MessageContentBuilder builder = new MessageContentBuilder(new ByteSize(1), folder)) {
                builder.write(octets, 0, octets.length);
                MessageContent content = builder.build();
                unreadable = new MailTransaction(
                        MAIL.id(),
                        MAIL.farm(),
                        MAIL.client(),
                        MAIL.envelope(),
                        content,
                        MessageHeader.read(content, ByteSize.ofKiB(64)),
                        MAIL.received());
                assertThat(unreadable.digest()).isNotNull();
                content.close();
            }
            for (int i = 0; i < 30; i++) {
                assertSilent(scan(filter, unreadable), NoVerdictReason.INTERNAL_ERROR);
            }
            assertThat(filter.health().description()).contains(" UP ");
            assertThat(scan(filter, MAIL)).isEqualTo(FilterResult.nothing());
        }
    }

    @Test
    void scan_whenOneBackendCutsOff_asksTheOther() throws Exception {
        try (FakeClamd bad = new FakeClamd((socket, in, out) -> socket.close());
                FakeClamd good = new FakeClamd(FakeClamd.replying("stream: OK\0"));
                Filter filter = filter(bad.address(), good.address())) {
            filter.status(Deadline.in(Duration.ofSeconds(20)));
            for (int i = 0; i < 30; i++) {
                assertThat(scan(filter, MAIL)).isEqualTo(FilterResult.nothing());
            }
        }
    }

    @Test
    void scan_whenTheMailIsLargerThanMaxSize_isTooLarge() throws Exception {
        try (FakeClamd clamd = new FakeClamd(FakeClamd.replying("stream: OK\0"));
                Filter filter = filter(clamd.address())) {
            FilterResult result = scan(filter, Mails.of(new byte[5_000_000]));
            assertSilent(result, NoVerdictReason.TOO_LARGE);
            assertThat(clamd.mails).hasValue(0);
        }
    }

    @Test
    void command_whenTheLibraryWaitsForEver_isEndedByTheTimeLimit() throws Exception {
        try (java.net.ServerSocket silent =
                new java.net.ServerSocket(0, 10, java.net.InetAddress.getLoopbackAddress())) {
            ClamdCommands commands = new ClamdCommands(
                    BackendAddress.parse("127.0.0.1:" + silent.getLocalPort()), Duration.ofSeconds(5));
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> commands.version(Duration.ofMillis(300)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("300 ms");
        }
    }
}
