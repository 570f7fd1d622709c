// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dkim;

import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.OptionalLong;

/// Hashes a body in canonical form while its octets are written to it. RFC 6376 section 3.4.3 to 3.4.5.
///
/// Blanks and line ends are held back until it is known whether they count; memory does not grow with the body.
final class BodyHash extends OutputStream {
    private final Canonicalization.Form form;
    private final MessageDigest sha256 = Crypto.sha256();
    private final byte[] block = new byte[8192];
    private final long limit;
    private int filled;
    private long length;
    private long lines;
    private boolean blank;
    private boolean carriageReturn;

    /// @param limit octets of the canonical body that count, the tag `l`
    BodyHash(Canonicalization.Form form, OptionalLong limit) {
        this.form = form;
        this.limit = limit.orElse(Long.MAX_VALUE);
    }

    @Override
    public void write(int octet) {
        if (carriageReturn) {
            carriageReturn = false;
            if (octet == '\n') {
                lines++;
                blank = false;
                return;
            }
            emit('\r');
        }
        if (octet == '\r') {
            carriageReturn = true;
        } else if (form == Canonicalization.Form.RELAXED && (octet == ' ' || octet == '\t')) {
            blank = true;
        } else {
            emit(octet);
        }
    }

    @Override
    public void write(byte[] octets, int offset, int count) {
        for (int i = 0; i < count; i++) {
            write(octets[offset + i]);
        }
    }

    private void emit(int octet) {
        for (; lines > 0; lines--) {
            put('\r');
            put('\n');
        }
        if (blank) {
            blank = false;
            put(' ');
        }
        put(octet);
    }

    private void put(int octet) {
        if (length++ < limit) {
            block[filled++] = (byte) octet;
            if (filled == block.length) {
                sha256.update(block, 0, filled);
                filled = 0;
            }
        }
    }

    /// Ends the body and gives its hash.
    byte[] digest() {
        if (carriageReturn) {
            carriageReturn = false;
            emit('\r');
        }
        if (length > 0 || form == Canonicalization.Form.SIMPLE) {
            put('\r');
            put('\n');
        }
        sha256.update(block, 0, filled);
        return sha256.digest();
    }

    /// Octets of the canonical body, beyond the limit too; known after [#digest].
    long length() {
        return length;
    }
}
