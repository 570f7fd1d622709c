// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// Cuts octets into command lines. One thread at a time.
///
/// A line ends at LF, so that both sides agree where the next command starts; a line that did not end in CRLF, or
/// that holds other control characters, is handed on as broken and refused.
final class LineReader {
    private static final byte[] NOTHING = new byte[0];
    private static final String BDAT = "BDAT";

    private final int max;
    private byte[] kept = NOTHING;
    private int length;
    private boolean tooLong;
    private int offset;

    /// @param max longest line with CRLF, in octets
    LineReader(int max) {
        this.max = max;
    }

    /// Reads up to the end of a line or to `to`; [#offset()] then is the offset after the last octet read.
    Optional<Line> read(byte[] octets, int from, int to) {
        int at = from;
        while (at < to && octets[at] != '\n') {
            at++;
        }
        boolean complete = at < to;
        int end = complete ? at + 1 : to;
        offset = end;
        keep(octets, from, end);
        return complete ? Optional.of(finish()) : Optional.empty();
    }

    int offset() {
        return offset;
    }

    /// Whether no line has begun.
    boolean isEmpty() {
        return length == 0;
    }

    /// Forgets a line begun.
    void clear() {
        kept = NOTHING;
        length = 0;
        tooLong = false;
    }

    private void keep(byte[] octets, int from, int end) {
        int fits = Math.min(end - from, max - length);
        tooLong |= fits < end - from;
        if (length + fits > kept.length) {
            int room = Math.max(length + fits, Math.max(64, 2 * kept.length));
            kept = Arrays.copyOf(kept, Math.min(max, room));
        }
        System.arraycopy(octets, from, kept, length, fits);
        length += fits;
    }

    private Line finish() {
        Line line;
        if (tooLong) {
            line = new Line.TooLong(isChunk(kept, length));
        } else if (length < 2 || kept[length - 2] != '\r' || hasControls(length - 2)) {
            line = new Line.Broken(isChunk(kept, length));
        } else {
            line = new Line.Whole(Arrays.copyOf(kept, length - 2));
        }
        clear();
        return line;
    }

    private static boolean isChunk(byte[] line, int length) {
        return length >= BDAT.length()
                && new String(line, 0, BDAT.length(), StandardCharsets.US_ASCII).equalsIgnoreCase(BDAT)
                && (length == BDAT.length() || !Character.isLetterOrDigit(line[BDAT.length()]));
    }

    private boolean hasControls(int end) {
        for (int i = 0; i < end; i++) {
            if ((kept[i] >= 0 && kept[i] < ' ' && kept[i] != '\t') || kept[i] == 0x7f) {
                return true;
            }
        }
        return false;
    }

    /// A line as it came.
    sealed interface Line {
        /// Whether it is a BDAT command, well-formed or not: then octets follow that are no commands.
        boolean announcesChunk();

        /// Without its CRLF.
        @SuppressWarnings("ArrayRecordComponent") // compared by nobody
        record Whole(byte[] octets) implements Line {
            @Override
            public boolean announcesChunk() {
                return isChunk(octets, octets.length);
            }
        }

        /// Longer than allowed.
        record TooLong(boolean announcesChunk) implements Line {}

        /// With a control character, or not ended by CRLF.
        record Broken(boolean announcesChunk) implements Line {}
    }
}
