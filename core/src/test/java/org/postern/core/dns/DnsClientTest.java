// SPDX-License-Identifier: Apache-2.0
package org.postern.core.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.core.dns.DnsAnswer.Failure;
import org.postern.core.dns.DnsAnswer.Reason;
import org.postern.core.dns.DnsTransport.Reply;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;

@Timeout(60)
final class DnsClientTest {
    private static final DnsQuestion QUESTION = new DnsQuestion(new DnsName("example.org"), DnsQuestion.Type.TXT);
    private static final DnsAnswer HELLO = new DnsAnswer.Answer(List.of(new DnsRecord.Txt("hello")));

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger asked = new AtomicInteger();

    private interface Server {
        Reply reply(DnsQuestion question) throws InterruptedException;
    }

    private DnsClient client(DnsConfig config, Server server) {
        DnsTransport transport = new DnsTransport() {
            @Override
            public Reply exchange(DnsQuestion question) throws InterruptedException {
                asked.incrementAndGet();
                return server.reply(question);
            }

            @Override
            public void close() {}
        };
        return new DnsClient(config, transport, new SimpleMeterRegistry(), nanos::get);
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(30));
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void ask_withinTheTtl_isAnsweredFromTheCache_andAskedAgainAfterIt() throws Exception {
        try (DnsClient client = client(DnsConfig.defaults(), question -> new Reply(HELLO, Duration.ofSeconds(60)))) {
            assertThat(client.ask(QUESTION, soon())).isEqualTo(HELLO);
            pass(Duration.ofSeconds(59));
            assertThat(client.ask(QUESTION, soon())).isEqualTo(HELLO);
            assertThat(asked).hasValue(1);
            pass(Duration.ofSeconds(2));
            assertThat(client.ask(QUESTION, soon())).isEqualTo(HELLO);
            assertThat(asked).hasValue(2);
        }
    }

    @Test
    void ask_withTtlZero_isNeverCached() throws Exception {
        try (DnsClient client = client(DnsConfig.defaults(), question -> new Reply(HELLO, Duration.ZERO))) {
            client.ask(QUESTION, soon());
            client.ask(QUESTION, soon());
            assertThat(asked).hasValue(2);
        }
    }

    @Test
    void ask_whileTheServerIsSilent_endsAtTheDeadline_andTheAnswerStillGoesIntoTheCache() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (DnsClient client = client(DnsConfig.defaults(), question -> {
            release.await();
            return new Reply(HELLO, Duration.ofSeconds(60));
        })) {
            assertThat(client.ask(QUESTION, Deadline.in(Duration.ofMillis(50))))
                    .isInstanceOfSatisfying(
                            Failure.class,
                            failure -> assertThat(failure.reason()).isEqualTo(Reason.TIMED_OUT));
            release.countDown();
            assertThat(client.ask(QUESTION, soon())).isEqualTo(HELLO);
            assertThat(asked).hasValue(1);
        }
    }

    @Test
    void ask_theSameFromManyThreads_isOneQuestion() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (DnsClient client = client(DnsConfig.defaults(), question -> {
                    release.await();
                    return new Reply(HELLO, Duration.ofSeconds(60));
                });
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<DnsAnswer>> answers = java.util.stream.IntStream.range(0, 50)
                    .mapToObj(i -> threads.submit(() -> client.ask(QUESTION, soon())))
                    .toList();
            release.countDown();
            for (Future<DnsAnswer> answer : answers) {
                assertThat(answer.get()).isEqualTo(HELLO);
            }
            assertThat(asked).hasValue(1);
        }
    }

    @Test
    void ask_whenAllPlacesAreTaken_failsAsOverloaded_andAbandonedQuestionsKeepTheirPlace() throws Exception {
        DnsConfig d = DnsConfig.defaults();
        DnsConfig one = new DnsConfig(
                List.of(),
                d.timeout(),
                d.tryTimeout(),
                1,
                1,
                ByteSize.ofMiB(1),
                d.maxTtl(),
                d.maxNegativeTtl(),
                d.failureTtl());
        CountDownLatch release = new CountDownLatch(1);
        try (DnsClient client = client(one, question -> {
            release.await();
            return new Reply(HELLO, Duration.ofSeconds(60));
        })) {
            client.ask(QUESTION, Deadline.in(Duration.ofMillis(20)));
            DnsQuestion other = new DnsQuestion(new DnsName("other.example"), DnsQuestion.Type.A);
            assertThat(client.ask(other, Deadline.in(Duration.ofMillis(20))))
                    .isInstanceOfSatisfying(
                            Failure.class,
                            failure -> assertThat(failure.reason()).isEqualTo(Reason.OVERLOADED));
            release.countDown();
            assertThat(client.ask(other, soon())).isEqualTo(HELLO);
        }
    }

    @Test
    void ask_afterAFailure_remembersItForTheFailureTtlOnly() throws Exception {
        Failure broken = new Failure(Reason.SERVER_FAILURE, "SERVFAIL");
        try (DnsClient client = client(
                DnsConfig.defaults(),
                question -> new Reply(broken, DnsConfig.defaults().failureTtl()))) {
            client.ask(QUESTION, soon());
            client.ask(QUESTION, soon());
            assertThat(asked).hasValue(1);
            pass(Duration.ofSeconds(31));
            assertThat(client.ask(QUESTION, soon())).isEqualTo(broken);
            assertThat(asked).hasValue(2);
        }
    }

    @Test
    void ask_whenTheTransportBreaks_isAFailure_neverNoSuchName() throws Exception {
        try (DnsClient client = client(DnsConfig.defaults(), question -> {
            throw new IllegalStateException("a defect, on purpose");
        })) {
            assertThat(client.ask(QUESTION, soon())).isInstanceOf(Failure.class);
        }
    }

    @Test
    void ask_afterClose_fails() throws Exception {
        DnsClient client = client(DnsConfig.defaults(), question -> new Reply(HELLO, Duration.ZERO));
        client.close();
        assertThat(client.ask(QUESTION, soon())).isInstanceOf(Failure.class);
    }
}
