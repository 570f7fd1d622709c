// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.maildir;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// Turns CRLF into LF and leaves everything else, a lone CR too. Its end must be flushed, not closed.
final class LfOutputStream extends FilterOutputStream {
    private boolean heldCr;

    LfOutputStream(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int octet) throws IOException {
        if (heldCr && octet != '\n') {
            out.write('\r');
        }
        heldCr = octet == '\r';
        if (!heldCr) {
            out.write(octet);
        }
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            write(octets[i]);
        }
    }

    @Override
    public void flush() throws IOException {
        if (heldCr) {
            heldCr = false;
            out.write('\r');
        }
        out.flush();
    }
}
