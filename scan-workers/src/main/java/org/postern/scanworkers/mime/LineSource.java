// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The lines of a message with their endings, one after the other. Lines longer than 8 KiB come in pieces, so memory
/// does not grow with the input.
final class LineSource {
    /// The size of a stream whose size is not known.
    static final long UNKNOWN = Long.MAX_VALUE;

    private static final int PIECE_MAX = 8 * 1024;
    private static final int BLOCK_MAX = 16 * 1024;
    private static final byte[] NOTHING = {};

    private final InputStream in;
    private final byte[] block;
    private int next;
    private int end;
    private boolean atLineStart = true;
    private int sinceCheck;
    private final Deque<Line> pushedBack = new ArrayDeque<>();

    /// @param size octets of the stream, at least 1, as a hint: how much room is needed
    LineSource(InputStream in, long size) {
        this.in = in;
        this.block = new byte[(int) Math.min(size, BLOCK_MAX)];
    }

    /// A line, or a piece of one.
    ///
    /// @param octets with the line ending
    /// @param startsLine false for the second and further pieces of a long line
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Line(byte[] octets, boolean startsLine) {
        int lengthWithoutEnding() {
            int length = octets.length;
            if (length > 0 && octets[length - 1] == '\n') {
                length--;
            }
            if (length > 0 && octets[length - 1] == '\r') {
                length--;
            }
            return length;
        }

        boolean isBlank() {
            for (byte octet : octets) {
                if (octet > ' ' || octet < 0) {
                    return false;
                }
            }
            return true;
        }
    }

    /// The next line; null at the end.
    @Nullable
    Line next() throws IOException {
        Line again = pushedBack.poll();
        if (again != null) {
            return again;
        }
        if (++sinceCheck >= 256) {
            sinceCheck = 0;
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("the scan is not wanted any more");
            }
        }
        boolean startsLine = atLineStart;
        byte[] piece = readPiece();
        if (piece.length == 0) {
            return null;
        }
        atLineStart = piece[piece.length - 1] == '\n';
        return new Line(piece, startsLine);
    }

    /// Puts lines back, to be read again in the same order. Only lines that came from here, and only once.
    void pushBack(List<Line> lines) {
        for (int i = lines.size() - 1; i >= 0; i--) {
            pushedBack.addFirst(lines.get(i));
        }
    }

    private byte[] readPiece() throws IOException {
        byte[] piece = NOTHING;
        while (piece.length < PIECE_MAX) {
            if (next == end) {
                end = Math.max(0, in.read(block));
                next = 0;
                if (end == 0) {
                    return piece;
                }
            }
            int stop = Math.min(end, next + PIECE_MAX - piece.length);
            int at = next;
            while (at < stop && block[at] != '\n') {
                at++;
            }
            boolean complete = at < stop;
            int from = complete ? at + 1 : at;
            int old = piece.length;
            piece = Arrays.copyOf(piece, old + from - next);
            System.arraycopy(block, next, piece, old, from - next);
            next = from;
            if (complete) {
                return piece;
            }
        }
        return piece;
    }
}
