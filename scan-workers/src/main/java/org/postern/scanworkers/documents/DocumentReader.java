// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.documents;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postern.core.filter.FilterFactory.Bounds;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.process.Workers;
import org.postern.scanworkers.process.Workers.Outcome;

/// Reads PDFs and pictures in processes of their own, which start with the first document. There is one reader for all
/// filters of a process; many threads may ask at once.
public final class DocumentReader implements AutoCloseable {
    private static final Object LOCK = new Object();
    /// A picture of one pixel.
    private static final byte[] SAMPLE = Base64.getDecoder().decode("R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==");

    private static @Nullable DocumentReader shared; // guarded by LOCK
    private static int users; // guarded by LOCK

    private final MeterRegistry meters;
    private final Workers workers = new Workers("documents", ReaderLimits.processes());
    private final ReaderProcesses processes;

    private DocumentReader(Path tempFolder, MeterRegistry meters) {
        this.meters = meters;
        this.processes = new ReaderProcesses(tempFolder, meters);
        Gauge.builder("postern.documents.reading", workers, Workers::busy)
                .description("documents that are being read")
                .register(meters);
    }

    /// The reader of this process; the last of its users to close it ends it.
    ///
    /// @param tempFolder where its processes run, and the only folder they write to
    public static DocumentReader shared(Path tempFolder, MeterRegistry meters) {
        synchronized (LOCK) {
            if (shared == null) {
                shared = new DocumentReader(tempFolder, meters);
            }
            users++;
            return shared;
        }
    }

    /// The reader, if a filter of this process uses one.
    public static Optional<DocumentReader> inUse() {
        synchronized (LOCK) {
            return Optional.ofNullable(shared);
        }
    }

    /// What came of reading.
    public sealed interface Reading {
        /// It was read, as far as the notes say.
        record Read(Document document) implements Reading {}

        /// The document is larger, or takes more memory or processor time, than any may: a fault of the document.
        record Refused(String why) implements Reading {}

        /// It could not be read, not in time, or its process broke off: another time may be better.
        record NotRead(NoVerdictReason reason, String why) implements Reading {}
    }

    /// Whether this looks like something that can be read.
    public static boolean reads(byte[] head) {
        return PdfFile.is(head) || PictureKind.of(head).isPresent();
    }

    /// The largest document, in octets.
    public static int octetsMax() {
        return ReaderLimits.OCTETS.toIntExact();
    }

    /// The most that the pictures of one document take in memory, in octets.
    public static long picturesMax() {
        return (long) ReaderLimits.PICTURES * ReaderLimits.GREY_PIXELS;
    }

    /// What all processes take at most. A document is in this process twice while it is fetched.
    public static Bounds bounds() {
        int processes = ReaderLimits.processes();
        return new Bounds(
                "documents: " + processes + " processes that read them, with " + ReaderLimits.OCTETS + " documents",
                2L * processes * ReaderLimits.OCTETS.bytes(),
                2L * processes,
                processes * (ReaderLimits.HEAP.bytes() + ReaderLimits.BESIDE_HEAP.bytes()),
                Set.of());
    }

    /// Where a document is from.
    @FunctionalInterface
    public interface Source {
        /// The octets, one more than [#octetsMax] where there are more. Called once, on the thread that asks, when
        /// there is a place to read the document.
        byte[] octets(int max) throws IOException;
    }

    /// Reads a document.
    ///
    /// @param pictures whether the pictures are wanted
    /// @throws IOException when the source fails
    public Reading read(Source source, boolean pictures, Deadline deadline) throws IOException, InterruptedException {
        long started = System.nanoTime();
        Reading reading = ask(source, pictures, deadline);
        String outcome = switch (reading) {
            case Reading.Read _ -> "read";
            case Reading.Refused _ -> "refused";
            case Reading.NotRead not ->
                not.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
        };
        meters.timer("postern.documents.read", "outcome", outcome)
                .record(Duration.ofNanos(System.nanoTime() - started));
        return reading;
    }

    private Reading ask(Source source, boolean pictures, Deadline deadline) throws IOException, InterruptedException {
        Task task = new Task(source, pictures);
        Outcome<Document> outcome = workers.run(task, deadline, () -> deadline.within(ReaderLimits.TIME));
        return switch (outcome) {
            case Outcome.Done<Document> done -> new Reading.Read(done.value());
            case Outcome.NoPlace<Document> _ ->
                new Reading.NotRead(NoVerdictReason.OVERLOADED, "all processes that read documents stayed busy");
            case Outcome.Killed<Document> _
            when deadline.expired() -> new Reading.NotRead(NoVerdictReason.TIMED_OUT, "while a document was read");
            case Outcome.Killed<Document> _ ->
                task.asked
                        ? new Reading.NotRead(
                                NoVerdictReason.TIMED_OUT,
                                "a document was not read within " + ReaderLimits.TIME.toSeconds() + " s")
                        : new Reading.NotRead(
                                NoVerdictReason.UNAVAILABLE, "the process that reads documents does not start in time");
            case Outcome.Failed<Document> failed
            when failed.why() instanceof BeyondBound beyond -> new Reading.Refused(String.valueOf(beyond.getMessage()));
            case Outcome.Failed<Document> failed ->
                task.asked
                        ? new Reading.NotRead(
                                NoVerdictReason.BACKEND_ERROR,
                                "the process that read a document broke off: " + failed.why())
                        : new Reading.NotRead(
                                NoVerdictReason.UNAVAILABLE,
                                "the process that reads documents does not start: " + failed.why());
        };
    }

    /// A document beyond a bound.
    private static final class BeyondBound extends IOException {
        private static final long serialVersionUID = 1L;

        BeyondBound(String why) {
            super(why);
        }
    }

    /// One document.
    private final class Task implements Workers.Task<Document> {
        private final Source source;
        private final boolean pictures;
        private byte[] octets = new byte[0];
        private volatile @Nullable ReaderProcess process;
        private volatile boolean killed;
        private volatile boolean asked;

        Task(Source source, boolean pictures) {
            this.source = source;
            this.pictures = pictures;
        }

        @Override
        public void prepare() throws IOException {
            octets = source.octets(octetsMax() + 1);
        }

        @Override
        public Document call() throws IOException, InterruptedException {
            if (octets.length > octetsMax()) {
                throw new BeyondBound("is larger than " + ReaderLimits.OCTETS);
            }
            ReaderProcess reader = processes.take();
            boolean good = false;
            try {
                process = reader;
                if (killed) {
                    throw new IOException("too late");
                }
                reader.awaitReady();
                asked = true;
                Document document = reader.read(new Wire.Job(pictures, (int) ReaderLimits.TIME.toMillis(), octets));
                good = reader.usable() && !killed;
                return document;
            } catch (IOException e) {
                Optional<String> tooMuch = killed ? Optional.empty() : reader.ranOutOf();
                if (tooMuch.isPresent()) {
                    throw new BeyondBound(tooMuch.get());
                }
                throw e;
            } finally {
                processes.giveBack(reader, good);
            }
        }

        @Override
        public void kill() {
            killed = true;
            ReaderProcess reader = process;
            if (reader != null) {
                reader.kill();
            }
        }
    }

    /// Whether documents can be read now; empty when they can, else why not.
    public Optional<String> trouble(Deadline deadline) throws InterruptedException {
        try {
            return trouble(read(max -> SAMPLE, false, deadline));
        } catch (IOException e) {
            throw new AssertionError("memory cannot fail", e);
        }
    }

    private static Optional<String> trouble(Reading reading) {
        return switch (reading) {
            case Reading.Read read ->
                read.document().notes().isEmpty()
                        ? Optional.empty()
                        : Optional.of("a picture of one pixel cannot be read: "
                                + read.document().notes());
            case Reading.Refused refused -> Optional.of("a picture of one pixel " + refused.why());
            case Reading.NotRead not -> Optional.of(not.why());
        };
    }

    @Override
    public void close() {
        synchronized (LOCK) {
            if (--users > 0) {
                return;
            }
            shared = null;
        }
        workers.close();
        processes.close();
    }
}
