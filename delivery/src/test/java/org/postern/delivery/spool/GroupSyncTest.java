// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GroupSyncTest {
    @Test
    void groupSync_whenASyncFails_failsAllWhoWaitAndNeverTriesAgain() throws IOException {
        int[] calls = new int[1];
        GroupSync sync = new GroupSync(() -> {
            calls[0]++;
            if (calls[0] == 2) {
                throw new IOException("EIO");
            }
        });
        sync.await();
        assertThatThrownBy(sync::await).hasMessage("a sync failed: EIO");
        assertThatThrownBy(sync::await).hasMessageContaining("a sync failed: EIO");
        assertThat(calls[0]).isEqualTo(2);
    }

    @Test
    void groupSync_whileOneRuns_servesAllWhoAskWithTheNext() throws Exception {
        Semaphore begun = new Semaphore(0);
        Semaphore mayEnd = new Semaphore(0);
        AtomicInteger calls = new AtomicInteger();
        try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
            GroupSync sync = new GroupSync(
                    () -> {
                        calls.incrementAndGet();
                        begun.release();
                        mayEnd.acquireUninterruptibly();
                    },
                    threads);
            GroupSync.Round first = sync.begin();
            begun.acquire();
            List<GroupSync.Round> others = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                others.add(sync.begin());
            }
            assertThat(others).containsOnly(others.getFirst()).doesNotContain(first);
            mayEnd.release(2);
            first.await();
            for (GroupSync.Round other : others) {
                other.await();
            }
            assertThat(calls).hasValue(2);
        }
    }

    @Test
    void groupSync_whenTheFirstOfTwoRoundsFails_failsTheSecondWithoutASync() throws Exception {
        Semaphore begun = new Semaphore(0);
        Semaphore mayEnd = new Semaphore(0);
        AtomicInteger calls = new AtomicInteger();
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            GroupSync sync = new GroupSync(
                    () -> {
                        calls.incrementAndGet();
                        begun.release();
                        mayEnd.acquireUninterruptibly();
                        throw new IOException("EIO");
                    },
                    threads);
            GroupSync.Round first = sync.begin();
            begun.acquire();
            GroupSync.Round second = sync.begin();
            mayEnd.release(2);
            assertThatThrownBy(first::await).hasMessage("a sync failed: EIO");
            assertThatThrownBy(second::await).hasMessage("a sync failed: EIO");
            assertThat(calls).hasValue(1);
        }
    }

    @Test
    void groupSync_whenNoThreadTakesIt_failsInsteadOfWaiting() {
        GroupSync sync = new GroupSync(() -> {}, task -> {
            throw new RejectedExecutionException("closed");
        });
        assertThatThrownBy(sync::await).hasMessage("a sync failed: the sync cannot begin");
        assertThatThrownBy(sync::await).hasMessage("a sync failed: the sync cannot begin");
    }

    @Test
    void groupSync_whoeverIsInterruptedWhileItWaits_waitsOnAndStaysInterrupted() throws IOException {
        GroupSync sync = new GroupSync(() -> {});
        Thread.currentThread().interrupt();
        sync.await();
        assertThat(Thread.interrupted()).isTrue();
    }
}
