// SPDX-License-Identifier: Apache-2.0
package org.postern.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.postern.core.filter.Assessment;
import org.postern.core.filter.FarmPolicy;
import org.postern.core.filter.FilterPolicy;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.Finding;
import org.postern.core.filter.NoVerdictPolicy;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.filter.Thresholds;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.TransactionId;
import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;

class JsonDecisionLogTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private static DecisionRecord decision(String helo) {
        Assessment assessment = new FarmPolicy(
                        "mx",
                        new Thresholds(OptionalDouble.of(5), OptionalDouble.empty(), OptionalDouble.of(12)),
                        Map.of(
                                "rules", new FilterPolicy(0.5, NoVerdictPolicy.SKIP),
                                "clamav", new FilterPolicy(100, NoVerdictPolicy.SKIP)))
                .assess(Map.of(
                        "rules",
                        new FilterResult.Findings(List.of(new Finding("SPAM_WORDS", 12, "\"cheap\" \u00fc"))),
                        "clamav",
                        new FilterResult.NoVerdict(NoVerdictReason.TIMED_OUT, "127.0.0.1:3310 said nothing")));
        return new DecisionRecord(
                new TransactionId("01hf0000000000000000000000"),
                "mx1",
                "mx",
                Instant.parse("2026-01-02T03:04:05Z"),
                Duration.ofMillis(42),
                new ClientInfo(InetAddress.getLoopbackAddress(), helo, true, Optional.of("TLSv1.3"), Optional.empty()),
                "a@example.org",
                List.of("b@example.com"),
                123,
                Optional.of(assessment),
                Optional.empty(),
                Reply.of(ReplyCode.COMPLETED_250, "2.0.0", "kept"),
                "");
    }

    @Test
    void record_isOneLineOfJson_withTheWholeArithmetic() {
        List<String> lines = new CopyOnWriteArrayList<>();
        try (JsonDecisionLog log = new JsonDecisionLog(meters, 10, lines::add)) {
            log.record(decision("evil\r\n\"x\""));
        }

        assertThat(lines)
                .containsExactly("{\"id\":\"01hf0000000000000000000000\",\"time\":\"2026-01-02T03:04:05Z\","
                        + "\"node\":\"mx1\",\"farm\":\"mx\",\"took-ms\":42,\"client\":\"127.0.0.1\","
                        + "\"helo\":\"evil\\r\\n\\\"x\\\"\",\"tls\":\"TLSv1.3\",\"from\":\"a@example.org\","
                        + "\"to\":[\"b@example.com\"],\"recipients\":1,\"size\":123,\"verdict\":\"tag\","
                        + "\"reason\":\"score 6.0 reaches tag\",\"score\":6.0,\"findings\":[{\"filter\":\"rules\","
                        + "\"symbol\":\"SPAM_WORDS\",\"score\":12.0,\"weight\":0.5,\"points\":6.0,"
                        + "\"evidence\":\"\\\"cheap\\\" \\u00fc\"}],\"silent\":[{\"filter\":\"clamav\","
                        + "\"why\":\"timed-out\",\"detail\":\"127.0.0.1:3310 said nothing\"}],"
                        + "\"reply\":\"250 2.0.0 kept\",\"detail\":\"\"}");
    }

    @Test
    void fullQueue_dropsAndCounts_andNeverBlocks() throws InterruptedException {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch reached = new CountDownLatch(1);
        try (JsonDecisionLog log = new JsonDecisionLog(meters, 2, line -> {
            reached.countDown();
            try {
                stuck.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        })) {
            log.record(decision("first"));
            reached.await();
            for (int i = 0; i < 5; i++) {
                log.record(decision("more"));
            }

            assertThat(meters.counter("postern.decisions.dropped").count()).isEqualTo(3);
            stuck.countDown();
        }
        assertThat(meters.counter("postern.decisions.written").count()
                        + meters.counter("postern.decisions.dropped").count())
                .isEqualTo(6);
    }
}
