// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.postern.core.directory.Account;
import org.postern.core.directory.Directory;
import org.postern.core.directory.Explanation;
import org.postern.core.directory.Lookup;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailAddress;

class CachingDirectoryTest {
    private static final MailAddress ALICE = MailAddress.parse("alice@example.org");
    private static final Account ACCOUNT =
            new Account(ALICE, Set.of(MailAddress.parse("al@example.org")), "example.org/alice");

    private final AtomicLong now = new AtomicLong(5);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Scripted scripted = new Scripted();
    private final CachingDirectory directory = new CachingDirectory(
            scripted,
            new CacheConfig(
                    1000,
                    Duration.ofMinutes(5),
                    Duration.ofSeconds(30),
                    Duration.ofHours(24),
                    Duration.ofMillis(200),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(20),
                    8,
                    Duration.ofSeconds(10)),
            meters,
            now::get);

    /// Answers as it is told, and counts.
    private static final class Scripted implements Directory {
        final AtomicInteger asked = new AtomicInteger();
        volatile Lookup<Account> answer = new Lookup.Known<>(ACCOUNT);
        volatile CountDownLatch gate = new CountDownLatch(0);

        @Override
        public Lookup<Domain> localDomain(Domain domain, Deadline deadline) {
            asked.incrementAndGet();
            return new Lookup.Known<>(domain);
        }

        @Override
        public Lookup<Account> recipient(ForwardPath recipient, Deadline deadline) {
            asked.incrementAndGet();
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return answer;
        }

        @Override
        public Lookup<Account> authenticate(String login, String password, Deadline deadline) {
            asked.incrementAndGet();
            return password.equals("right") ? answer : new Lookup.Unknown<>();
        }

        @Override
        public void close() {}
    }

    private Lookup<Account> ask(String address) {
        return directory.recipient(ForwardPath.parse(address), Deadline.in(Duration.ofSeconds(10)));
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private double count(String result) {
        return meters.counter("postern.directory.cache", "kind", "recipient", "result", result)
                .count();
    }

    @Test
    void known_isAskedOnceWhileFresh_whateverTheCase() {
        assertThat(ask("alice@example.org")).isEqualTo(new Lookup.Known<>(ACCOUNT));
        assertThat(ask("ALICE@example.org")).isEqualTo(new Lookup.Known<>(ACCOUNT));
        pass(Duration.ofMinutes(4));
        assertThat(ask("alice@example.org")).isEqualTo(new Lookup.Known<>(ACCOUNT));

        assertThat(scripted.asked).hasValue(1);
        assertThat(count("hit")).isEqualTo(2);
    }

    @Test
    void known_whenItIsOld_isAskedAgain() {
        ask("alice@example.org");
        pass(Duration.ofMinutes(6));
        scripted.answer = new Lookup.Unknown<>();

        assertThat(ask("alice@example.org")).isInstanceOf(Lookup.Unknown.class);
        scripted.answer = new Lookup.Undetermined<>("down");
        assertThat(ask("alice@example.org")).isInstanceOf(Lookup.Unknown.class);
        pass(Duration.ofSeconds(31));
        assertThat(ask("alice@example.org")).isInstanceOf(Lookup.Undetermined.class);
    }

    @Test
    void known_whileTheDirectoryIsDown_isServedOldForABoundedTime() {
        ask("alice@example.org");
        scripted.answer = new Lookup.Undetermined<>("down");
        pass(Duration.ofHours(20));

        assertThat(ask("alice@example.org")).isEqualTo(new Lookup.Known<>(ACCOUNT));
        assertThat(ask("alice@example.org")).isEqualTo(new Lookup.Known<>(ACCOUNT));
        assertThat(scripted.asked).as("asked once, then held off").hasValue(2);
        assertThat(count("stale")).isEqualTo(2);
        assertThat(meters.get("postern.directory.cache.stale.age").timer().max(java.util.concurrent.TimeUnit.HOURS))
                .isEqualTo(20);
        pass(Duration.ofSeconds(6));
        ask("alice@example.org");
        assertThat(scripted.asked).as("asked again after the pause").hasValue(3);
        pass(Duration.ofHours(5));
        assertThat(ask("alice@example.org")).isInstanceOf(Lookup.Undetermined.class);
    }

    @Test
    void known_whenTheDirectoryIsBack_isAskedAgain() {
        ask("alice@example.org");
        scripted.answer = new Lookup.Undetermined<>("down");
        pass(Duration.ofHours(1));
        ask("alice@example.org");
        Account changed = new Account(ALICE, Set.of(), "example.org/moved");
        scripted.answer = new Lookup.Known<>(changed);
        pass(Duration.ofSeconds(6));

        assertThat(ask("alice@example.org")).isEqualTo(new Lookup.Known<>(changed));
    }

    @Test
    void unknown_isKeptForItsShortTimeOnly_andNeverServedOld() {
        scripted.answer = new Lookup.Unknown<>();
        ask("new@example.org");
        ask("new@example.org");
        assertThat(scripted.asked).hasValue(1);
        pass(Duration.ofSeconds(31));
        scripted.answer = new Lookup.Undetermined<>("down");
        assertThat(ask("new@example.org")).isInstanceOf(Lookup.Undetermined.class);
        scripted.answer = new Lookup.Known<>(ACCOUNT);
        assertThat(ask("new@example.org")).isInstanceOf(Lookup.Known.class);
    }

    @Test
    void undetermined_isNeverKept() {
        scripted.answer = new Lookup.Undetermined<>("down");
        ask("alice@example.org");
        scripted.answer = new Lookup.Known<>(ACCOUNT);

        assertThat(ask("alice@example.org")).isInstanceOf(Lookup.Known.class);
    }

    @Test
    void manyAtOnce_afterExpiry_askOnce() throws Exception {
        ask("alice@example.org");
        pass(Duration.ofMinutes(6));
        scripted.gate = new CountDownLatch(1);
        List<Future<Lookup<Account>>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 200; i++) {
                all.add(threads.submit(() -> ask("alice@example.org")));
            }
            for (Future<Lookup<Account>> each : all) {
                // Nobody waits for the directory longer than stale-wait.
                assertThat(each.get()).isEqualTo(new Lookup.Known<>(ACCOUNT));
            }
            assertThat(scripted.asked).hasValue(2);
            scripted.gate.countDown();
        }
    }

    @Test
    void manyAtOnce_withNothingRemembered_askOnceAndWaitWithinTheirDeadline() throws Exception {
        scripted.gate = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Lookup<Account>>> patient = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                patient.add(threads.submit(() -> ask("alice@example.org")));
            }
            Lookup<Account> hasty = directory.recipient(new ForwardPath(ALICE), Deadline.in(Duration.ofMillis(50)));
            assertThat(hasty).isInstanceOf(Lookup.Undetermined.class);
            scripted.gate.countDown();
            for (Future<Lookup<Account>> each : patient) {
                assertThat(each.get()).isInstanceOf(Lookup.Known.class);
            }
            assertThat(scripted.asked.get()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void flush_forgetsAllOrWhatLeadsToAnAccount() {
        ask("alice@example.org");
        ask("al@example.org");
        ask("alice-list@example.org");
        assertThat(scripted.asked).hasValue(3);
        directory.flush(MailAddress.parse("AL@example.org"));
        ask("alice@example.org");
        ask("al@example.org");
        ask("alice-list@example.org");
        assertThat(scripted.asked).hasValue(6);
        directory.flush();
        ask("alice@example.org");
        assertThat(scripted.asked).hasValue(7);
    }

    @Test
    void flush_whileAQuestionIsUnderWay_doesNotKeepItsAnswer() throws Exception {
        scripted.gate = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Lookup<Account>> first = threads.submit(() -> ask("alice@example.org"));
            while (scripted.asked.get() == 0) {
                Thread.sleep(1);
            }
            directory.flush();
            scripted.gate.countDown();
            assertThat(first.get()).isInstanceOf(Lookup.Known.class);
        }
        ask("alice@example.org");
        assertThat(scripted.asked).hasValue(2);
    }

    @Test
    void authenticate_remembersARightPasswordForSeconds_andNoWrongOne() {
        Deadline soon = Deadline.in(Duration.ofSeconds(10));
        assertThat(directory.authenticate("alice", "wrong", soon)).isInstanceOf(Lookup.Unknown.class);
        assertThat(directory.authenticate("alice", "wrong", soon)).isInstanceOf(Lookup.Unknown.class);
        assertThat(scripted.asked).hasValue(2);
        assertThat(directory.authenticate("alice", "right", soon)).isInstanceOf(Lookup.Known.class);
        assertThat(directory.authenticate("alice", "right", soon)).isInstanceOf(Lookup.Known.class);
        assertThat(scripted.asked).hasValue(3);
        assertThat(directory.authenticate("alice", "wrong", soon)).isInstanceOf(Lookup.Unknown.class);
        assertThat(scripted.asked).hasValue(4);
        pass(Duration.ofSeconds(11));
        directory.authenticate("alice", "right", soon);
        assertThat(scripted.asked).hasValue(5);
    }

    @Test
    void explain_saysWhatIsRememberedFirst() {
        ask("alice@example.org");
        pass(Duration.ofSeconds(90));
        Explanation explanation = directory.explain(new ForwardPath(ALICE), Deadline.in(Duration.ofSeconds(10)));

        assertThat(explanation.steps().getFirst().toString()).contains("cache").contains("90 s old");
        assertThat(explanation.answer()).isInstanceOf(Lookup.Known.class);
    }
}
