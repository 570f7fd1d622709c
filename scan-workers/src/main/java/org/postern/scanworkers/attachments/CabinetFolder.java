// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.attachments;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// What one folder of a cabinet unpacks to: blocks that are stored as they are, or packed with MSZIP, where each is a
/// deflated stream that may refer to what the block before it unpacked to. It is read file by file.
/// [MS-CAB] section 2.4, [MS-MCI] section 2.2.
final class CabinetFolder extends InputStream {
    private static final int BLOCK_HEADER = 8;
    private static final int BLOCK_MAX = 32 * 1024;

    private final byte[] octets;
    private final ByteBuffer numbers;
    private final Cabinet.Folder folder;
    private final Inflater inflater = new Inflater(true);
    private final byte[] block = new byte[BLOCK_MAX];
    private int blocksLeft;
    private long next;
    private int from;
    private int to;
    private long position;
    private long end;

    CabinetFolder(byte[] octets, Cabinet.Folder folder) {
        this.octets = octets;
        this.numbers = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
        this.folder = folder;
        restart();
    }

    /// How many octets were read since the start.
    long position() {
        return position;
    }

    /// Begins again at the first block.
    void restart() {
        blocksLeft = folder.blocks();
        next = folder.from();
        from = 0;
        to = 0;
        position = 0;
    }

    /// Where the file ends that is read now.
    void endAt(long offset) {
        end = offset;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (position >= end) {
            return -1;
        }
        if (from == to) {
            if (blocksLeft == 0) {
                throw new IOException("a cabinet with a file that is not whole");
            }
            nextBlock();
        }
        int n = (int) Math.min(Math.min(length, to - from), end - position);
        System.arraycopy(block, from, target, offset, n);
        from += n;
        position += n;
        return n;
    }

    private void nextBlock() throws IOException {
        if (next + BLOCK_HEADER + folder.reserve() > octets.length) {
            throw new IOException("a cabinet that ends too early");
        }
        int header = (int) next;
        int packed = Short.toUnsignedInt(numbers.getShort(header + 4));
        int unpacked = Short.toUnsignedInt(numbers.getShort(header + 6));
        int data = header + BLOCK_HEADER + folder.reserve();
        // A block of nothing goes on in another cabinet; history reaches back over one whole block.
        boolean part = folder.packing() == 1 && blocksLeft > 1 && unpacked < BLOCK_MAX;
        if (unpacked == 0 || unpacked > BLOCK_MAX || packed > octets.length - data || part) {
            throw new IOException("a cabinet with a damaged block");
        }
        if (folder.packing() == 0) {
            if (packed != unpacked) {
                throw new IOException("a cabinet with a damaged block");
            }
            System.arraycopy(octets, data, block, 0, unpacked);
        } else {
            inflate(data, packed, unpacked);
        }
        from = 0;
        to = unpacked;
        next = (long) data + packed;
        blocksLeft--;
    }

    private void inflate(int data, int packed, int unpacked) throws IOException {
        if (packed < 2 || octets[data] != 'C' || octets[data + 1] != 'K') {
            throw new IOException("a cabinet with a damaged block");
        }
        inflater.reset();
        if (to > 0) {
            inflater.setDictionary(block, 0, to);
        }
        inflater.setInput(octets, data + 2, packed - 2);
        try {
            int filled = 0;
            while (filled < unpacked) {
                int n = inflater.inflate(block, filled, unpacked - filled);
                if (n == 0) {
                    throw new IOException("a cabinet with a damaged block");
                }
                filled += n;
            }
        } catch (DataFormatException e) {
            throw new IOException("a cabinet with a damaged block", e);
        }
    }

    @Override
    public void close() {
        inflater.end();
    }
}
