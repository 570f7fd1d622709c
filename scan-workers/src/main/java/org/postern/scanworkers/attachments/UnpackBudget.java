// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.postern.core.limits.Deadline;

/// What the archives of one mail may still cost. Used by one thread after the other.
final class UnpackBudget {
    private static final long RATIO_FREE = 1L << 20;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final UnpackConfig config;
    private final Deadline mailEnd;
    private long octets;
    private int files;
    private long nanos;
    private volatile boolean abandoned;

    UnpackBudget(UnpackConfig config, Deadline mailEnd) {
        this.config = config;
        this.mailEnd = mailEnd;
        this.octets = config.unpackedMax().bytes();
        this.files = config.filesMax();
        this.nanos = config.time().toNanos();
    }

    /// A bound was reached: the rest of the archives is not looked at.
    static final class Reached extends IOException {
        private static final long serialVersionUID = 1L;

        Reached(String message) {
            super(message);
        }
    }

    UnpackConfig config() {
        return config;
    }

    /// Nobody waits for the rest: whoever works on it stops at the next block. Called by any thread.
    void abandon() {
        abandoned = true;
    }

    void file() throws Reached {
        if (--files < 0) {
            throw new Reached("more than " + config.filesMax() + " files in archives");
        }
    }

    /// Starts the clock for one attachment.
    Stretch start() {
        return new Stretch();
    }

    /// What the current thread has used of a processor; the time of day where the system does not count it.
    private static long processorNanos() {
        long nanos = THREADS.getCurrentThreadCpuTime();
        return nanos < 0 ? System.nanoTime() : nanos;
    }

    /// The time one attachment is worked on, by one thread.
    final class Stretch implements AutoCloseable {
        private final long started = System.nanoTime();
        private final long startedProcessor = processorNanos();

        /// To be asked at least once for every block that is read.
        void check() throws IOException {
            if (abandoned || Thread.currentThread().isInterrupted() || mailEnd.expired()) {
                throw new InterruptedIOException("the mail's time is over");
            }
            // A machine that is busy is no fault of the archive; and the clock is cheaper to ask.
            if (System.nanoTime() - started > nanos && processorNanos() - startedProcessor > nanos) {
                throw new Reached("archives that take more than "
                        + config.time().toMillis() + " ms of processor time to look into");
            }
        }

        /// A stream whose every block is counted against the time, and against octets and ratio if it is what an
        /// archive unpacks to.
        ///
        /// @param packed the size of the archive; 0 for what is not unpacked
        InputStream over(InputStream in, long packed) {
            return new Counted(in, this, packed);
        }

        @Override
        public void close() {
            nanos -= processorNanos() - startedProcessor;
        }
    }

    private final class Counted extends FilterInputStream {
        private final Stretch stretch;
        private final long packed;
        private long seen;

        Counted(InputStream in, Stretch stretch, long packed) {
            super(in);
            this.stretch = stretch;
            this.packed = packed;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            stretch.check();
            int n = super.read(target, offset, Math.min(length, 64 * 1024));
            if (n > 0 && packed > 0) {
                seen += n;
                octets -= n;
                if (octets < 0) {
                    throw new Reached("archives that unpack to more than " + config.unpackedMax());
                }
                if (seen > RATIO_FREE && seen / config.ratioMax() > packed) {
                    throw new Reached("an archive that unpacks to more than " + config.ratioMax() + " times its size");
                }
            }
            return n;
        }

        @Override
        public long skip(long n) throws IOException {
            byte[] block = new byte[(int) Math.min(8 * 1024, Math.max(1, n))];
            long skipped = 0;
            while (skipped < n) {
                int read = read(block, 0, (int) Math.min(block.length, n - skipped));
                if (read < 0) {
                    break;
                }
                skipped += read;
            }
            return skipped;
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        @Override
        public void close() {
            // whoever opened what is below closes it
        }
    }
}
