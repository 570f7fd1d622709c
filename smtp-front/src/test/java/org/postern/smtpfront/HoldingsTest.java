// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// What finds leaks would find one: a measure that always says the same would show that nothing leaks.
final class HoldingsTest {
    private static final int MANY = 40;
    private static final int MEMORY = 24 * 1024 * 1024;

    @Test
    void each_measure_sees_what_is_held_and_that_it_was_let_go() throws Exception {
        Holdings before = Holdings.now();
        CountDownLatch end = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        List<FileInputStream> files = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            files.add(new FileInputStream("/dev/null"));
            threads.add(Thread.ofPlatform().start(() -> await(end)));
            threads.add(Thread.ofVirtual().start(() -> await(end)));
        }
        byte[] heap = new byte[MEMORY];
        ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(MEMORY);
        Holdings held = Holdings.now();
        assertThat(held.descriptors()).isGreaterThan(before.descriptors() + MANY / 2);
        assertThat(held.platformThreads()).isGreaterThan(before.platformThreads() + MANY / 2);
        assertThat(held.virtualThreads()).isGreaterThan(before.virtualThreads() + MANY / 2);
        assertThat(held.heap()).isGreaterThan(before.heap() + MEMORY / 2);
        assertThat(held.netty()).isGreaterThan(before.netty() + MEMORY / 2);
        assertThat(held.isNoMoreThan(before, 2L * MEMORY, 2L * MEMORY)).isFalse();
        assertThat(heap[MEMORY - 1]).as("held until here").isZero();
        buffer.release();
        end.countDown();
        for (FileInputStream file : files) {
            file.close();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(Holdings.now().descriptors()).isLessThan(held.descriptors() - MANY / 2);
        assertThat(Holdings.now().virtualThreads()).isLessThan(held.virtualThreads() - MANY / 2);
    }

    private static void await(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void a_buffer_that_nobody_gave_back_is_reported() throws IOException, InterruptedException {
        Queue<String> leaks = LeakCheck.leaks();
        assertThat(leaks).isEmpty();
        forget();
        // The collector says some time later what it found.
        while (LeakCheck.leaks().isEmpty()) {
            Thread.sleep(20);
        }
        assertThat(leaks.poll()).contains("LEAK", "forget");
        leaks.clear();
    }

    private static void forget() {
        var _ = ByteBufAllocator.DEFAULT.buffer(64).writeInt(1);
    }
}
