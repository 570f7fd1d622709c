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
import java.util.concurrent.TimeUnit;

/// Something done to a server again and again, for a given time.
interface Load {
    /// How many connections at the same time.
    int CONNECTIONS = 16;

    /// After how many mails a connection is closed.
    int MAILS = 10;

    /// Runs to its end, with messages of a size in octets, and returns when every connection is closed.
    LoadResult run(InetSocketAddress address, int size, Duration time);

    /// Unique mails; a command, its reply, the next command, as `smtp-source` does.
    static Load mails(long seed) {
        return (address, size, time) -> {
            Messages messages = new Messages(size, seed ^ System.nanoTime());
            return inParallel(time, (notes, end) -> {
                try (SmtpClient client = new SmtpClient(address)) {
                    for (int i = 0; i < MAILS && System.nanoTime() < end; i++) {
                        notes.mail(client.send("load@example.org", "anna@example.org", messages.next()));
                    }
                    client.quit();
                }
            });
        };
    }

    /// The same few mails again and again, as a mailing of the same text to many sites' recipients comes in.
    static Load sameMails(long seed) {
        Messages messages = new Messages(4096, seed);
        return (address, size, time) -> {
            Messages known = size == 4096 ? messages : new Messages(size, seed);
            List<byte[]> few = List.of(known.next(), known.next(), known.next(), known.next());
            return inParallel(time, (notes, end) -> {
                try (SmtpClient client = new SmtpClient(address)) {
                    for (int i = 0; i < MAILS && System.nanoTime() < end; i++) {
                        notes.mail(client.send("load@example.org", "anna@example.org", few.get(i % few.size())));
                    }
                    client.quit();
                }
            });
        };
    }

    /// Connections whose one recipient is refused: connect, EHLO, MAIL, RCPT, QUIT.
    static Load refusals() {
        return (address, size, time) -> inParallel(time, (notes, end) -> {
            long begin = System.nanoTime();
            try (SmtpClient client = new SmtpClient(address)) {
                int code = client.refused("load@example.org", "nobody@example.org");
                client.quit();
                notes.counted(code >= 500 && code <= 599, String.valueOf(code), System.nanoTime() - begin);
            }
        });
    }

    /// Postfix' own load generators, written in C: they leave more of the machine to what is measured. Their mails are
    /// not unique.
    ///
    /// @param program `smtp-source` or `qmqp-source`
    /// @param options further options, such as `-d` for more than one mail a connection
    static Load tool(String program, String... options) {
        return (address, size, time) -> {
            long begin = System.nanoTime();
            long end = begin + time.toNanos();
            long done = 0;
            Map<String, Integer> others = new TreeMap<>();
            while (System.nanoTime() < end) {
                int mails = CONNECTIONS * MAILS;
                List<String> command = new ArrayList<>(List.of(program));
                command.addAll(List.of(options));
                command.addAll(List.of("-s", "" + CONNECTIONS, "-m", "" + mails, "-l", "" + size));
                command.addAll(List.of("-f", "load@example.org", "-t", "anna@example.org"));
                command.add(address.getHostString() + ":" + address.getPort());
                String complaint = finished(command);
                if (complaint.isEmpty()) {
                    done += mails;
                } else {
                    others.merge(complaint, mails, Integer::sum);
                }
            }
            return new LoadResult(done, List.of(), others, Duration.ofNanos(System.nanoTime() - begin));
        };
    }

    private static String finished(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said =
                    new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII);
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "did not end";
            }
            return process.exitValue() == 0 ? "" : said.strip() + " (" + process.exitValue() + ")";
        } catch (IOException e) {
            return e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    /// One connection.
    interface Visit {
        /// @param end when to begin nothing more, on the clock of `System.nanoTime`
        void go(Notes notes, long end) throws IOException;
    }

    /// What one of the parallel loads has seen.
    final class Notes {
        private final List<Long> waits = new ArrayList<>();
        private final Map<String, Integer> others = new TreeMap<>();
        private long end;

        void mail(SmtpClient.Answer answer) {
            counted(answer.code() == 250, String.valueOf(answer.code()), answer.nanos());
        }

        void counted(boolean wanted, String otherwise, long nanos) {
            if (wanted) {
                waits.add(nanos);
            } else {
                others.merge(otherwise, 1, Integer::sum);
            }
        }
    }

    private static LoadResult inParallel(Duration time, Visit visit) {
        long begin = System.nanoTime();
        long end = begin + time.toNanos();
        List<Future<Notes>> shares = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
            for (int i = 0; i < CONNECTIONS; i++) {
                shares.add(threads.submit(() -> repeat(visit, end)));
            }
        }
        long last = begin;
        List<Long> waits = new ArrayList<>();
        Map<String, Integer> others = new TreeMap<>();
        for (Future<Notes> future : shares) {
            Notes share = finished(future);
            last = Math.max(last, share.end);
            waits.addAll(share.waits);
            share.others.forEach((what, count) -> others.merge(what, count, Integer::sum));
        }
        return new LoadResult(waits.size(), waits, others, Duration.ofNanos(last - begin));
    }

    private static Notes repeat(Visit visit, long end) {
        Notes notes = new Notes();
        while (System.nanoTime() < end) {
            try {
                visit.go(notes, end);
            } catch (IOException e) {
                notes.others.merge(String.valueOf(e.getMessage()), 1, Integer::sum);
            }
        }
        notes.end = System.nanoTime();
        return notes;
    }

    private static Notes finished(Future<Notes> future) {
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
