// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.postern.scanworkers.mime.LineSource.Line;

/// The octets that some lines stand for. Used by one thread.
final class DecodedLines extends InputStream {
    private final Source source;
    private final Decoder decoder;
    private byte[] decoded = new byte[0];
    private int next;
    private int end;
    private boolean over;

    DecodedLines(Source source, Decoder decoder) {
        this.source = source;
        this.decoder = decoder;
    }

    /// Where the lines come from.
    @FunctionalInterface
    interface Source {
        /// The next line; null behind the last, and then not asked again.
        @Nullable
        Line next() throws IOException;
    }

    /// Passes over what nobody read.
    void skipToEnd() throws IOException {
        while (!over) {
            fill();
        }
    }

    @Override
    public int read() throws IOException {
        return fillUntilSome() ? decoded[next++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fillUntilSome()) {
            return -1;
        }
        int n = Math.min(length, end - next);
        System.arraycopy(decoded, next, target, offset, n);
        next += n;
        return n;
    }

    private boolean fillUntilSome() throws IOException {
        while (next == end) {
            if (over) {
                return false;
            }
            fill();
        }
        return true;
    }

    private void fill() throws IOException {
        next = 0;
        end = 0;
        Line line = source.next();
        if (line == null) {
            over = true;
            return;
        }
        if (decoded.length < line.octets().length) {
            decoded = new byte[line.octets().length];
        }
        end = decoder.decode(line.octets(), decoded);
    }
}
