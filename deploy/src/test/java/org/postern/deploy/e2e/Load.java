// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/// Senders that behave as MTAs do: who is told 4yz or nothing at all sends the same mail again, until it
/// is told 250 or 5yz.
final class Load implements AutoCloseable {
    private final InetSocketAddress address;
    private final List<String> recipients;
    private final Ledger ledger;
    private final Instant end;
    private final ExecutorService threads;
    private final AtomicInteger settled = new AtomicInteger();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicInteger deferred = new AtomicInteger();
    private final List<Future<?>> running;

    /// Makes the message of a mail.
    interface Messages {
        byte[] message(String id, int number);
    }

    /// Starts to send.
    ///
    /// @param end when to give up
    Load(
            InetSocketAddress address,
            List<String> recipients,
            Ledger ledger,
            Instant end,
            int senders,
            int mails,
            Messages messages) {
        this.address = address;
        this.recipients = recipients;
        this.ledger = ledger;
        this.end = end;
        this.threads = Executors.newFixedThreadPool(senders);
        this.running = IntStream.range(0, senders)
                .<Future<?>>mapToObj(sender -> threads.submit(() -> {
                    for (int n = sender; n < mails; n += senders) {
                        settle("m" + n, messages.message("m" + n, n));
                    }
                    return null;
                }))
                .toList();
    }

    private void settle(String id, byte[] message) throws InterruptedException {
        String reply = "";
        while (!reply.startsWith("250")
                && !reply.startsWith("5")
                && Instant.now().isBefore(end)) {
            try (SmtpSession session = SmtpSession.open(address)) {
                reply = session.send("bob@example.net", recipients, message);
                if (reply.startsWith("4")) {
                    deferred.incrementAndGet();
                    Thread.sleep(100);
                }
            } catch (IOException e) {
                unanswered.incrementAndGet();
                Thread.sleep(100);
            }
        }
        ledger.told(id, reply);
        settled.incrementAndGet();
    }

    /// Waits until so many mails are settled.
    void awaitSettled(int count) throws InterruptedException {
        while (settled.get() < count && Instant.now().isBefore(end)) {
            Thread.sleep(20);
        }
    }

    /// Waits until all are.
    void await() throws InterruptedException, ExecutionException {
        for (Future<?> each : running) {
            each.get();
        }
    }

    int settled() {
        return settled.get();
    }

    /// Attempts that ended without an answer.
    int unanswered() {
        return unanswered.get();
    }

    /// Attempts that were told 4yz.
    int deferred() {
        return deferred.get();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
