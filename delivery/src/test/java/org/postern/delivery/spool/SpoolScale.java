// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.postern.core.handoff.DedupKey;
import org.postern.core.handoff.Disposition;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffId;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.handoff.MailStore;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Envelope;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageContentBuilder;
import org.postern.core.mail.ReversePath;
import org.postern.core.mail.TransactionId;
import org.postern.delivery.Mails;
import org.postern.delivery.RunningStore;

/// Measures what a large queue costs, and whether large mails cost heap. Run by hand, see
/// docs/reference/benchmarks.md: `SpoolScale queue FOLDER MAILS` or `SpoolScale large FOLDER MAILS`.
final class SpoolScale {
    private SpoolScale() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[1]);
        int mails = Integer.parseInt(arguments[2]);
        switch (arguments[0]) {
            case "queue" -> queue(folder, mails);
            case "large" -> large(folder, mails);
            default -> throw new IllegalArgumentException("queue or large");
        }
    }

    @SuppressWarnings({"SystemOut", "AnnotateFormatMethod"}) // a person reads it
    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }

    private static long heapAfterGc() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        for (int i = 0; i < 3; i++) {
            memory.gc();
        }
        return memory.getHeapMemoryUsage().getUsed();
    }

    private static Duration processorTime() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    // ---- a large queue

    private static Submission submission(Random random, int length) {
        Envelope envelope = Envelope.of(
                ReversePath.parse("sender" + random.nextInt(1000) + "@example.com"),
                List.of(ForwardPath.parse("user" + random.nextInt(100_000) + "@example.org")));
        byte[] hash = new byte[32];
        random.nextBytes(hash);
        Instant received = Instant.now().minusSeconds(random.nextInt(100_000));
        return new Submission(
                new HandoffId("mx" + random.nextInt(4), TransactionId.create(received.toEpochMilli())),
                DedupKey.of(envelope, hash),
                envelope,
                Disposition.DELIVER,
                length,
                true,
                received);
    }

    /// Fills a spool without syncing, as a store that was stopped leaves it. Every mail is remembered as
    /// unproven.
    private static void fill(Path folder, int mails) throws IOException {
        SpoolConfig config = SpoolConfig.in(folder);
        FileSpool.open(config, InstantSource.system()).close();
        Random random = new Random(1);
        byte[] body = new byte[4096];
        random.nextBytes(body);
        byte[] sha = Mails.sha256(body);
        Path log = folder.resolve("dedup").resolve(System.currentTimeMillis() / 3_600_000 - 1 + ".log");
        try (OutputStream records = Files.newOutputStream(log)) {
            for (int i = 0; i < mails; i++) {
                Submission mail = submission(random, body.length);
                byte[] header = MailHeader.encode(mail);
                try (OutputStream out = Files.newOutputStream(SpoolFolder.mailFile(folder, mail.id()))) {
                    out.write(header);
                    out.write(body);
                    out.write(new EndRecord(body.length, sha, MailHeader.crcOf(header)).encode());
                }
                records.write(new LogRecord(
                                LogRecord.Type.ACCEPTED,
                                mail.received().toEpochMilli(),
                                mail.id(),
                                Fingerprint.of(mail.dedupKey()),
                                LogRecord.noHash())
                        .encode());
            }
        }
    }

    private static void queue(Path folder, int mails) throws Exception {
        if (!Files.exists(folder)) {
            long began = System.nanoTime();
            fill(folder, mails);
            say("filled with %d mails in %.1f s", mails, seconds(began));
        }
        // What a spool costs that has nothing in it.
        Path empty = folder.resolveSibling(folder.getFileName() + "-empty");
        FileSpool nothing = FileSpool.open(SpoolConfig.in(empty), InstantSource.system());
        Mails.eventually(() -> nothing.stats().scanned());
        long before = heapAfterGc();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long workedBefore = threads.getCurrentThreadCpuTime();
        Duration allBefore = processorTime();
        long began = System.nanoTime();
        try (FileSpool spool = FileSpool.open(SpoolConfig.in(folder), InstantSource.system())) {
            double opened = seconds(began);
            double work = (threads.getCurrentThreadCpuTime() - workedBefore) / 1e9;
            SpoolStore.Commit first = SpoolChild.accept(spool, Mails.newId(), "first");
            double accepted = seconds(began);
            say(
                    "open after %.2f s (%.2f s of processor time), first mail durable after %.2f s: %s",
                    opened, work, accepted, first);
            while (!spool.stats().scanned()) {
                Thread.sleep(20);
            }
            double known = seconds(began);
            Duration all = processorTime().minus(allBefore);
            long after = heapAfterGc();
            long size = spool.stats().mails();
            say(
                    "%d mails known after %.1f s (%.1f s of processor time), %.0f octets of heap a mail",
                    size, known, all.toMillis() / 1000.0, (after - before) / (double) size);
            began = System.nanoTime();
            say("totals %s in %.3f s", spool.totals(), seconds(began));
            began = System.nanoTime();
            say(
                    "first 100 listed in %.3f s: %d",
                    seconds(began), spool.list(QueueQuery.first(100)).size());
            say("list took %.3f s", seconds(began));
        }
        nothing.close();
    }

    // ---- large mails

    private static void large(Path folder, int mails) throws Exception {
        int size = 50 << 20;
        byte[] block = new byte[1 << 16];
        new Random(1).nextBytes(block);
        Files.createDirectories(folder);
        List<Long> heaps = new ArrayList<>();
        try (RunningStore store = new RunningStore(folder.resolve("store"));
                MailStore front = store.front();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            heaps.add(heapAfterGc());
            for (int done = 0; done < mails; done += 4) {
                List<Future<HandoffResult>> results = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    int number = done + i;
                    results.add(threads.submit(() -> handOver(front, folder, block, size, number)));
                }
                for (Future<HandoffResult> result : results) {
                    if (!(result.get() instanceof HandoffResult.Accepted)) {
                        throw new AssertionError(result.get());
                    }
                }
                heaps.add(heapAfterGc());
            }
            store.drain();
            heaps.add(heapAfterGc());
        }
        say(
                "%d mails of 50 MiB handed over, 4 at a time, and delivered with -Xmx%d MiB; heap in use after a"
                        + " collection, MiB: %s",
                mails,
                Runtime.getRuntime().maxMemory() >> 20,
                heaps.stream()
                        .map(heap -> String.format(Locale.ROOT, "%.1f", heap / 1048576.0))
                        .toList());
    }

    private static HandoffResult handOver(MailStore front, Path folder, byte[] block, int size, int number)
            throws IOException {
        try (MessageContentBuilder builder = new MessageContentBuilder(ByteSize.ofKiB(256), folder)) {
            builder.write(("A: " + number + "\r\n\r\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, 7);
            for (int written = 0; written < size; written += block.length) {
                builder.write(block, 0, block.length);
            }
            byte[] sha256 = builder.sha256();
            try (MessageContent content = builder.build()) {
                Envelope envelope = Mails.to("user" + number % 4 + "@example.org");
                return front.handOver(
                        new Handoff(
                                Mails.newId(), DedupKey.of(envelope, sha256), envelope, content, Disposition.DELIVER),
                        Deadline.in(Duration.ofMinutes(2)));
            }
        }
    }
}
