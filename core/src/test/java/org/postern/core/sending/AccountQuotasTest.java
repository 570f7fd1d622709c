// SPDX-License-Identifier: Apache-2.0
package org.postern.core.sending;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.HostAndPort;
import org.postern.core.mail.MailAddress;
import org.postern.testkit.Redis;

@Timeout(120)
class AccountQuotasTest {
    private static final MailAddress ALICE = MailAddress.parse("alice@example.org");
    private static final MailAddress BOB = MailAddress.parse("bob@example.org");

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicLong nanos = new AtomicLong(1);
    private final TimeMeter clock = new TimeMeter() {
        @Override
        public long currentTimeNanos() {
            return nanos.get();
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    };

    private static SendingConfig config(
            int messagesPerHour, int perDay, int recipients, SharedCountersConfig... shared) {
        return new SendingConfig(
                messagesPerHour, perDay, recipients, 0, List.of(shared).stream().findFirst(), HabitConfig.DEFAULT);
    }

    private static SharedCountersConfig shared(Redis redis, Optional<Path> password) {
        return new SharedCountersConfig(
                new HostAndPort("127.0.0.1", redis.address().getPort()),
                false,
                Optional.empty(),
                password,
                "test:",
                4,
                Duration.ofMillis(500),
                Duration.ofMillis(200));
    }

    private static int granted(SendingQuotas quotas, MailAddress account, int attempts) {
        int granted = 0;
        for (int i = 0; i < attempts; i++) {
            if (quotas.message(account) instanceof SendingQuotas.Answer.Granted) {
                granted++;
            }
        }
        return granted;
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void messages_beyondTheHour_areRefusedUntilItHasPassed() {
        try (AccountQuotas quotas = new AccountQuotas(config(10, 15, 0), meters, clock)) {
            assertThat(granted(quotas, ALICE, 20)).isEqualTo(10);
            assertThat(quotas.message(MailAddress.parse("Alice@example.org")))
                    .isEqualTo(new SendingQuotas.Answer.Exceeded(
                            "10 messages an hour, 15 messages a day", Duration.ofMinutes(6)));
            assertThat(granted(quotas, BOB, 20)).isEqualTo(10);
            pass(Duration.ofMinutes(6));
            assertThat(granted(quotas, ALICE, 20)).isEqualTo(1);
            pass(Duration.ofHours(1));
            // The day's are nearly used up.
            assertThat(granted(quotas, ALICE, 20)).isEqualTo(4);
            pass(Duration.ofHours(25));
            assertThat(granted(quotas, ALICE, 20)).isEqualTo(10);
        }
        assertThat(meters.counter("postern.sending.refused", "kind", "messages").count())
                .isPositive();
    }

    @Test
    void recipients_areCountedOnTheirOwn_andZeroIsNoLimit() {
        try (AccountQuotas quotas = new AccountQuotas(config(0, 0, 3), meters, clock)) {
            assertThat(granted(quotas, ALICE, 1000)).isEqualTo(1000);
            for (int i = 0; i < 3; i++) {
                assertThat(quotas.recipient(ALICE)).isEqualTo(new SendingQuotas.Answer.Granted());
            }
            assertThat(quotas.recipient(ALICE)).isInstanceOf(SendingQuotas.Answer.Exceeded.class);
        }
    }

    @Test
    void fronts_withARedis_countTogether() {
        try (Redis redis = Redis.start()) {
            SendingConfig config = config(10, 0, 0, shared(redis, Optional.empty()));
            try (AccountQuotas one = new AccountQuotas(config, meters);
                    AccountQuotas other = new AccountQuotas(config, meters)) {
                assertThat(granted(one, ALICE, 6)).isEqualTo(6);
                assertThat(granted(other, ALICE, 20)).isEqualTo(4);
                assertThat(one.message(ALICE)).isInstanceOf(SendingQuotas.Answer.Exceeded.class);
                assertThat(granted(other, BOB, 20)).isEqualTo(10);
            }
        }
    }

    @Test
    void manyAtOnce_forOneAccount_getExactlyWhatThereIs() throws Exception {
        try (Redis redis = Redis.start()) {
            SharedCountersConfig patient = new SharedCountersConfig(
                    new HostAndPort("127.0.0.1", redis.address().getPort()),
                    false,
                    Optional.empty(),
                    Optional.empty(),
                    "many:",
                    16,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(1));
            try (AccountQuotas one = new AccountQuotas(config(200, 0, 0, patient), meters);
                    AccountQuotas other = new AccountQuotas(config(200, 0, 0, patient), meters)) {
                AtomicInteger granted = new AtomicInteger();
                try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                    for (int i = 0; i < 8; i++) {
                        AccountQuotas front = i % 2 == 0 ? one : other;
                        threads.execute(() -> granted.addAndGet(granted(front, ALICE, 50)));
                    }
                }
                assertThat(granted.get()).as("an hour brings a token each 18 s").isBetween(200, 202);
                assertThat(meters.counter("postern.sending.shared", "result", "failed")
                                .count())
                        .isZero();
            }
        }
    }

    @Test
    void redisThatIsFrozenOrGone_leavesTheLocalCount_andNeverRefusesWhatThatAllows() throws Exception {
        try (Redis redis = Redis.start()) {
            SendingConfig config = config(10, 0, 0, shared(redis, Optional.empty()));
            try (AccountQuotas quotas = new AccountQuotas(config, meters)) {
                assertThat(granted(quotas, ALICE, 4)).isEqualTo(4);
                redis.daemon().freeze();
                assertThat(granted(quotas, ALICE, 20))
                        .as("what is left of this front's own count")
                        .isEqualTo(6);
                assertThat(granted(quotas, BOB, 5)).isEqualTo(5);
                assertThat(meters.counter("postern.sending.shared", "result", "failed")
                                .count())
                        .isPositive();
                assertThat(meters.get("postern.sending.shared.up").gauge().value())
                        .isZero();
                redis.daemon().kill();
                Thread.sleep(300);
                assertThat(granted(quotas, BOB, 20)).isEqualTo(5);
                redis.daemon().restart();
                awaitUp(quotas);
                assertThat(meters.get("postern.sending.shared.up").gauge().value())
                        .isEqualTo(1);
            }
        }
    }

    private void awaitUp(AccountQuotas quotas) throws InterruptedException {
        for (int i = 0;
                i < 200 && meters.get("postern.sending.shared.up").gauge().value() == 0;
                i++) {
            Thread.sleep(50);
            assertThat(quotas.message(MailAddress.parse("probe" + i + "@example.org")))
                    .isEqualTo(new SendingQuotas.Answer.Granted());
        }
    }

    @Test
    void redisThatWasNeverThere_isNoReasonToRefuse(@TempDir Path folder) throws Exception {
        SharedCountersConfig nowhere;
        try (Redis redis = Redis.start()) {
            nowhere = shared(redis, Optional.of(Files.writeString(folder.resolve("password"), "secret\n")));
            try (AccountQuotas quotas = new AccountQuotas(config(3, 0, 0, nowhere), meters)) {
                // The server has no password: whatever it says to ours, mail goes on.
                assertThat(granted(quotas, ALICE, 10)).isEqualTo(3);
            }
        }
        try (AccountQuotas quotas = new AccountQuotas(config(3, 0, 0, nowhere), meters)) {
            assertThat(granted(quotas, ALICE, 10)).isEqualTo(3);
        }
    }
}
