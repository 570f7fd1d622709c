// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.process.Workers.Outcome;

@Timeout(120)
class WorkersTest {
    @TempDir
    private Path folder;

    private final Workers workers = new Workers("test", 1);

    @AfterEach
    void close() {
        workers.close();
    }

    private static Deadline in(long millis) {
        return Deadline.in(Duration.ofMillis(millis));
    }

    private <T> Outcome<T> run(Workers.Task<T> task, long millis) throws IOException, InterruptedException {
        return workers.run(task, in(60_000), () -> in(millis));
    }

    private void awaitFree() throws InterruptedException {
        while (workers.busy() > 0) {
            Thread.sleep(10);
        }
    }

    /// Waits until it is let go, whether or not it is killed.
    private static final class Stubborn implements Workers.Task<String> {
        private final CountDownLatch started = new CountDownLatch(1);
        private final CountDownLatch letGo = new CountDownLatch(1);
        private final AtomicInteger prepared = new AtomicInteger();
        private final CountDownLatch killed = new CountDownLatch(1);

        @Override
        public void prepare() {
            prepared.incrementAndGet();
        }

        @Override
        public String call() {
            started.countDown();
            boolean interrupted = true;
            while (interrupted) {
                try {
                    letGo.await();
                    interrupted = false;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return "let go";
        }

        @Override
        public void kill() {
            killed.countDown();
        }
    }

    private interface Work<T> {
        T call() throws IOException, InterruptedException;
    }

    private static <T> Workers.Task<T> task(Work<T> work) {
        return new Workers.Task<>() {
            @Override
            public void prepare() {}

            @Override
            public T call() throws IOException, InterruptedException {
                return work.call();
            }

            @Override
            public void kill() {}
        };
    }

    /// A child whose output is wanted.
    private final class Shell implements Workers.Task<String> {
        private final String does;
        private volatile @Nullable ChildProcess child;

        Shell(String does) {
            this.does = does;
        }

        @Override
        public void prepare() {}

        @Override
        public String call() throws IOException, InterruptedException {
            try (ChildProcess started = ChildProcess.start(
                    Path.of("/bin/sh"),
                    List.of("-c", does),
                    new ChildProcess.Limits(Optional.empty(), Duration.ofSeconds(60), 33, ByteSize.ofMiB(1)),
                    Map.of(),
                    folder)) {
                child = started;
                String text = new String(started.stdout().readAllBytes(), StandardCharsets.US_ASCII);
                return text.length() + " octets, exit code "
                        + started.exitCode(Duration.ofSeconds(30)).orElse(-1);
            }
        }

        @Override
        public void kill() {
            ChildProcess started = child;
            if (started != null) {
                started.kill();
            }
        }
    }

    @Test
    void run_ofWhatIsDone_givesItsValueAndThePlaceBack() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(run(task(() -> "done"), 60_000)).isEqualTo(new Outcome.Done<>("done"));
            assertThat(workers.busy()).isZero();
        }
    }

    @Test
    void run_ofWhatFails_saysWhy() throws Exception {
        IOException failure = new IOException("no");
        AssertionError error = new AssertionError("no");

        assertThat(run(
                        task(() -> {
                            throw failure;
                        }),
                        60_000))
                .isEqualTo(new Outcome.Failed<>(failure));
        assertThat(run(
                        task(() -> {
                            throw error;
                        }),
                        60_000))
                .isEqualTo(new Outcome.Failed<>(error));
        assertThat(workers.busy()).isZero();
    }

    @Test
    void run_whenAllPlacesStayTaken_preparesNothing() throws Exception {
        Stubborn first = new Stubborn();
        assertThat(run(first, 50)).isEqualTo(new Outcome.Killed<>());
        assertThat(first.killed.getCount()).isZero();
        assertThat(workers.busy()).as("its thread has not ended").isEqualTo(1);

        Stubborn second = new Stubborn();
        assertThat(workers.run(second, in(50), () -> in(60_000))).isEqualTo(new Outcome.NoPlace<>());
        assertThat(second.prepared).hasValue(0);

        first.letGo.countDown();
        awaitFree();
        assertThat(run(task(() -> "done"), 60_000)).isEqualTo(new Outcome.Done<>("done"));
    }

    @Test
    void run_whenThePreparationFails_givesThePlaceBack() throws Exception {
        Workers.Task<String> task = new Workers.Task<>() {
            @Override
            public void prepare() throws IOException {
                throw new IOException("nothing there");
            }

            @Override
            public String call() {
                return "never";
            }

            @Override
            public void kill() {}
        };
        assertThatThrownBy(() -> run(task, 60_000)).hasMessage("nothing there");
        assertThat(workers.busy()).isZero();
    }

    @Test
    void run_whenItIsInterrupted_kills() throws Exception {
        Stubborn task = new Stubborn();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                run(task, 60_000);
                interrupted.complete(false);
            } catch (IOException | InterruptedException e) {
                interrupted.complete(e instanceof InterruptedException);
            }
        });
        task.started.await();
        caller.interrupt();

        assertThat(interrupted.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(task.killed.getCount()).isZero();
        task.letGo.countDown();
    }

    @Test
    void close_killsWhatRuns_andNothingMoreIsTaken() throws Exception {
        Stubborn task = new Stubborn();
        Thread.ofVirtual().start(() -> {
            try {
                run(task, 60_000);
            } catch (IOException | InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        task.started.await();

        workers.close();

        assertThat(task.killed.await(30, TimeUnit.SECONDS)).isTrue();
        task.letGo.countDown();
        assertThat(run(task(() -> "done"), 60_000)).isEqualTo(new Outcome.NoPlace<>());
    }

    @Test
    void run_ofAChildThatEnds_givesWhatItSaid() throws Exception {
        assertThat(run(new Shell("echo hello; exit 3"), 60_000)).isEqualTo(new Outcome.Done<>("6 octets, exit code 3"));
    }

    @Test
    void run_ofAChildThatHangsFloodsOrForks_killsItAndGivesThePlaceBack() throws Exception {
        for (String does : List.of(
                "exec sleep 1000",
                "while :; do echo flood; done",
                "sleep 1000 & sleep 1000 & wait",
                "sleep 1000 & exit 0")) {
            assertThat(run(new Shell(does), 1_000)).as(does).isEqualTo(new Outcome.Killed<>());
            awaitFree();
        }
    }

    @Test
    void run_ofAChildThatDies_givesThePlaceBack() throws Exception {
        assertThat(run(new Shell("kill -KILL $$"), 60_000)).isEqualTo(new Outcome.Done<>("0 octets, exit code 137"));
        assertThat(workers.busy()).isZero();
    }
}
