// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Sends mail for a given time over several connections at once, each of which is closed after some mails and opened
/// again.
///
/// @param connections how many at the same time
/// @param mailsPerConnection after how many mails a connection is closed
/// @param time when the last mail is begun
record Load(int connections, int mailsPerConnection, Duration time) {
    private static final String SENDER = "load@example.org";
    private static final String RECIPIENT = "anna@example.org";

    /// Runs to its end and returns when every connection is closed.
    LoadResult run(InetSocketAddress address, Messages messages) {
        long begin = System.nanoTime();
        long end = begin + time.toNanos();
        List<Future<Share>> shares = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
            for (int i = 0; i < connections; i++) {
                shares.add(threads.submit(() -> share(address, messages, end)));
            }
        }
        long last = begin;
        List<Long> waits = new ArrayList<>();
        Map<String, Integer> others = new TreeMap<>();
        for (Future<Share> future : shares) {
            Share share = finished(future);
            last = Math.max(last, share.end);
            waits.addAll(share.waits);
            share.others.forEach((what, count) -> others.merge(what, count, Integer::sum));
        }
        return new LoadResult(waits, others, Duration.ofNanos(last - begin));
    }

    /// What one connection (or rather one after the other) did.
    private static final class Share {
        private final List<Long> waits = new ArrayList<>();
        private final Map<String, Integer> others = new TreeMap<>();
        private long end;
    }

    private Share share(InetSocketAddress address, Messages messages, long end) {
        Share share = new Share();
        while (System.nanoTime() < end) {
            try (SmtpClient client = new SmtpClient(address)) {
                for (int i = 0; i < mailsPerConnection && System.nanoTime() < end; i++) {
                    SmtpClient.Answer answer = client.send(SENDER, RECIPIENT, messages.next());
                    if (answer.code() == 250) {
                        share.waits.add(answer.nanos());
                    } else {
                        share.others.merge(String.valueOf(answer.code()), 1, Integer::sum);
                    }
                }
                client.quit();
            } catch (IOException e) {
                share.others.merge(String.valueOf(e.getMessage()), 1, Integer::sum);
            }
        }
        share.end = System.nanoTime();
        return share;
    }

    private static Share finished(Future<Share> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
