// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.process.Workers;
import org.postern.scanworkers.process.Workers.Outcome;

/// Has attachments looked into by a few threads of its own, in memory. Many threads may ask at once.
final class Opener implements AutoCloseable {
    private final UnpackConfig config;
    private final Workers workers;
    private final Counter opened;
    private final Counter bounds;

    Opener(UnpackConfig config, MeterRegistry meters) {
        this.config = config;
        this.workers = new Workers("unpack", config.atOnce());
        this.opened = Counter.builder("postern.attachments.opened")
                .description("attachments that were looked into")
                .register(meters);
        this.bounds = Counter.builder("postern.attachments.bound.reached")
                .description("mails whose archives reached a bound of unpacking")
                .register(meters);
        Gauge.builder("postern.attachments.unpacking", workers, Workers::busy)
                .description("attachments that are being looked into")
                .register(meters);
    }

    /// There was no place for unpacking in time.
    static final class Overloaded extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /// The mail's time is over.
    static final class TimeOver extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /// What an attachment is looked into for.
    ///
    /// @param report where to say what is found
    /// @param budget what the archives of the mail may still cost
    record Work(Report report, UnpackBudget budget, Deadline deadline) {}

    /// Looks into one attachment.
    ///
    /// @return false when a bound of the whole mail was reached
    /// @throws Overloaded when no place was free in time
    /// @throws TimeOver when the deadline ended the work
    boolean open(Kind kind, String shown, InputStream all, Work work) throws IOException {
        try {
            return switch (workers.run(new Opening(kind, shown, all, work), work.deadline, () -> work.deadline)) {
                case Outcome.Done<Boolean> _ -> true;
                case Outcome.NoPlace<Boolean> _ -> throw new Overloaded();
                case Outcome.Killed<Boolean> _ -> throw new TimeOver();
                case Outcome.Failed<Boolean>(Throwable why) -> throw failure(why, work.deadline);
            };
        } catch (UnpackBudget.Reached e) {
            bounds.increment();
            work.report.tooComplex(String.valueOf(e.getMessage()));
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (InterruptedIOException)
                    new InterruptedIOException("while an attachment was looked into").initCause(e);
        }
    }

    private static IOException failure(Throwable why, Deadline deadline) {
        return switch (why) {
            case InterruptedIOException _ when deadline.expired() -> new TimeOver();
            case IOException io -> io;
            case RuntimeException runtime -> throw runtime;
            case Error error -> throw error;
            default -> throw new IllegalStateException(why);
        };
    }

    /// One attachment being looked into; it is in memory only while it has a place.
    private final class Opening implements Workers.Task<Boolean> {
        private final Kind kind;
        private final String shown;
        private final InputStream all;
        private final Work work;
        private byte[] octets = new byte[0];

        Opening(Kind kind, String shown, InputStream all, Work work) {
            this.kind = kind;
            this.shown = shown;
            this.all = all;
            this.work = work;
        }

        @Override
        public void prepare() throws IOException {
            int max = config.fileMax().toIntExact();
            octets = all.readNBytes(max + 1);
            if (octets.length > max) {
                throw new UnpackBudget.Reached(shown + " is larger than " + config.fileMax());
            }
        }

        @Override
        public Boolean call() throws IOException {
            opened.increment();
            try (UnpackBudget.Stretch stretch = work.budget.start()) {
                new Unpacker(work.report, work.budget, stretch).look(kind, shown, octets);
            }
            return true;
        }

        @Override
        public void kill() {
            work.budget.abandon();
        }
    }

    @Override
    public void close() {
        workers.close();
    }
}
