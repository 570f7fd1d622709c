// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.postern.core.limits.ByteSize;

/// Collects the octets of one message: in memory up to a bound, then in an unlinked temporary file. Used by one
/// thread at a time.
///
/// Ends with [#build()], which hands the content over, or with [#close()], which throws it away; closing after
/// `build` does nothing. It hashes the octets as they come, so that nobody reads them twice for that.
public final class MessageContentBuilder implements AutoCloseable {
    /// So much of every message is kept in memory, if that much may be.
    public static final int FIRST_OCTETS = 2 * 1024;

    private static final int ALLOCATION = 8 * 1024;
    private static final byte[] NOTHING = new byte[0];

    private final int memoryMax;
    private final BooleanSupplier mayGrow;
    private final Path tempFolder;
    private final MessageDigest sha256 = newSha256();
    private byte @Nullable [] memory;

    /// Octets that may be in memory by now.
    private int granted;

    private @Nullable RandomAccessFile file;
    private long size;

    /// @param memoryMax octets kept in memory before a file is used, at most 2 GiB
    /// @param tempFolder where that file is made; it needs to be writable, not executable
    public MessageContentBuilder(ByteSize memoryMax, Path tempFolder) {
        this(memoryMax, tempFolder, () -> true);
    }

    /// @param memoryMax octets kept in memory before a file is used, at most 2 GiB
    /// @param tempFolder where that file is made; it needs to be writable, not executable
    /// @param mayGrow asked when the message outgrows its first octets; after a `false` a file is used
    public MessageContentBuilder(ByteSize memoryMax, Path tempFolder, BooleanSupplier mayGrow) {
        this.memoryMax = memoryMax.toIntExact();
        this.tempFolder = tempFolder;
        this.mayGrow = mayGrow;
        this.granted = Math.min(FIRST_OCTETS, this.memoryMax);
        this.memory = NOTHING;
    }

    /// Appends octets. Throws `IOException` when the temporary file cannot be written; the message is then lost
    /// to this builder.
    public void write(byte[] octets, int offset, int length) throws IOException {
        sha256.update(octets, offset, length);
        byte[] kept = memory;
        if (kept != null && fits(size + length)) {
            int end = (int) size + length;
            if (end > kept.length) {
                long wanted = Math.max(ALLOCATION, Math.max(end, 4L * kept.length));
                kept = Arrays.copyOf(kept, (int) Math.min(granted, wanted));
                memory = kept;
            }
            System.arraycopy(octets, offset, kept, (int) size, length);
        } else {
            spill().write(octets, offset, length);
        }
        size += length;
    }

    private boolean fits(long end) {
        if (end > granted && end <= memoryMax && mayGrow.getAsBoolean()) {
            granted = memoryMax;
        }
        return end <= granted;
    }

    /// Appends the remaining octets of a buffer. Fails as the other `write` does.
    public void write(ByteBuffer octets) throws IOException {
        if (octets.hasArray()) {
            write(octets.array(), octets.arrayOffset() + octets.position(), octets.remaining());
            octets.position(octets.limit());
        } else {
            byte[] copy = new byte[octets.remaining()];
            octets.get(copy);
            write(copy, 0, copy.length);
        }
    }

    /// Octets so far.
    public long size() {
        return size;
    }

    /// The SHA-256 of all octets so far; may be asked once, after the last octet.
    public byte[] sha256() {
        return sha256.digest();
    }

    /// The content; the builder is done.
    public MessageContent build() {
        RandomAccessFile spilled = file;
        byte[] kept = memory;
        file = null;
        memory = null;
        if (spilled != null) {
            return new FileContent(spilled, size);
        }
        if (kept == null) {
            throw new IllegalStateException("already built or closed");
        }
        return new MemoryContent(kept, (int) size);
    }

    private RandomAccessFile spill() throws IOException {
        RandomAccessFile open = file;
        if (open == null) {
            Path path = Files.createTempFile(tempFolder, "message", null);
            try {
                open = new RandomAccessFile(path.toFile(), "rw");
                file = open;
            } finally {
                Files.delete(path);
            }
            byte[] kept = memory;
            if (kept == null) {
                throw new IllegalStateException("already built or closed");
            }
            open.write(kept, 0, (int) size);
            memory = null;
        }
        return open;
    }

    @Override
    public void close() {
        memory = null;
        RandomAccessFile open = file;
        file = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
