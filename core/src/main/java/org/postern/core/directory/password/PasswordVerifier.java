// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.password;

import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.postern.core.limits.Deadline;

/// Compares passwords with stored ones on a few threads of its own: a comparison is made to take long, and must not
/// keep the virtual threads' carriers from other work.
public final class PasswordVerifier implements AutoCloseable {
    private static final int WAITING_MAX = 256;

    private final ThreadPoolExecutor threads;

    /// With half as many threads as there are processors; they end when there is nothing to compare.
    public PasswordVerifier() {
        int size = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        threads = new ThreadPoolExecutor(
                size,
                size,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING_MAX),
                Thread.ofPlatform().daemon().name("password-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /// `RIGHT` when one of the stored forms matches; `WRONG` when all are understood and none matches.
    public PasswordMatch compare(List<String> stored, String password, Deadline deadline) {
        List<String> forms = List.copyOf(stored);
        CompletableFuture<PasswordMatch> outcome = new CompletableFuture<>();
        try {
            threads.execute(() -> {
                try {
                    outcome.complete(deadline.expired() ? PasswordMatch.UNDETERMINED : compareAll(forms, password));
                } catch (RuntimeException | Error e) {
                    outcome.completeExceptionally(e);
                }
            });
            return outcome.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return PasswordMatch.UNDETERMINED;
        } catch (RejectedExecutionException | ExecutionException | TimeoutException e) {
            return PasswordMatch.UNDETERMINED;
        }
    }

    private static PasswordMatch compareAll(List<String> stored, String password) {
        PasswordMatch sum = stored.isEmpty() ? PasswordMatch.UNDETERMINED : PasswordMatch.WRONG;
        for (String form : stored) {
            switch (StoredPassword.compare(form, password)) {
                case RIGHT -> {
                    return PasswordMatch.RIGHT;
                }
                case WRONG -> {}
                case UNDETERMINED -> sum = PasswordMatch.UNDETERMINED;
            }
        }
        return sum;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
