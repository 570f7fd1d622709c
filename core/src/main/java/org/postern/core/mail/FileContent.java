// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.util.concurrent.locks.ReentrantLock;

/// Message content in a temporary file that has no name any more, so that no crash leaves it behind.
///
/// Reads go through a `RandomAccessFile` under a lock, not through a `FileChannel`: an interrupt closes a channel
/// under all its readers.
final class FileContent implements MessageContent {
    private final RandomAccessFile file;
    private final long size;
    private final ReentrantLock lock = new ReentrantLock();

    FileContent(RandomAccessFile file, long size) {
        this.file = file;
        this.size = size;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public InputStream newInputStream() {
        return new Reader();
    }

    private int readAt(long position, byte[] target, int offset, int length) throws IOException {
        lock.lock();
        try {
            file.seek(position);
            return file.read(target, offset, length);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    /// Reads ahead in blocks, so that byte-wise readers do not take the lock for every octet.
    private final class Reader extends InputStream {
        private final byte[] block = new byte[16 * 1024];
        private long position;
        private int next;
        private int end;

        @Override
        public int read() throws IOException {
            return fill() ? block[next++] & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (next == end && length >= block.length) {
                return direct(target, offset, length);
            }
            if (!fill()) {
                return -1;
            }
            int n = Math.min(length, end - next);
            System.arraycopy(block, next, target, offset, n);
            next += n;
            return n;
        }

        private int direct(byte[] target, int offset, int length) throws IOException {
            int n = position >= size ? -1 : readAt(position, target, offset, (int) Math.min(length, size - position));
            if (n > 0) {
                position += n;
            }
            return n;
        }

        private boolean fill() throws IOException {
            if (next < end) {
                return true;
            }
            int n = direct(block, 0, block.length);
            next = 0;
            end = Math.max(n, 0);
            return n > 0;
        }
    }
}
