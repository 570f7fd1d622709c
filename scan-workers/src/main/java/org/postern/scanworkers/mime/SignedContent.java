// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/// The message that is wrapped in an S/MIME signature: mail programs show it as if it stood in clear. RFC 8551 section
/// 3.5.2, RFC 5652 section 5.
///
/// Reads BER as it comes and keeps nothing; what does not have the form ends it. The signature is not
/// looked at. Used by one thread.
final class SignedContent extends InputStream {
    private static final byte[] SIGNED_DATA = HexFormat.of().parseHex("2a864886f70d010702");
    private static final int BEFORE_CONTENT_MAX = 64 * 1024;
    private static final int SEQUENCE = 0x30;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int TAGGED_0 = 0xa0;
    private static final int OCTETS = 0x04;
    private static final int OCTETS_IN_PIECES = 0x24;
    private static final int END = 0x00;
    private static final int INDEFINITE = -1;
    private static final int DEPTH_MAX = 8;
    /// A tag and the longest length that is read.
    private static final int HEADER_MAX = 10;

    private final InputStream in;
    private boolean inPieces;
    private long left;
    private long before;

    private SignedContent(InputStream in) {
        this.in = in;
    }

    /// The content of signed data; empty where this is something else, and then nothing was read.
    static Optional<InputStream> in(BufferedInputStream octets) throws IOException {
        octets.mark(BEFORE_CONTENT_MAX);
        SignedContent content = new SignedContent(octets);
        boolean found;
        try {
            found = content.findContent();
        } catch (EOFException e) {
            found = false;
        }
        if (!found) {
            octets.reset();
        }
        return found ? Optional.of(content) : Optional.empty();
    }

    private boolean findContent() throws IOException {
        if (!enters(SEQUENCE) || in.read() != OBJECT_IDENTIFIER) {
            return false;
        }
        byte[] type = in.readNBytes(Math.clamp(length(), 0, 32));
        if (!Arrays.equals(type, SIGNED_DATA) || !enters(TAGGED_0) || !enters(SEQUENCE)) {
            return false;
        }
        boolean version = passes(in.read(), DEPTH_MAX);
        boolean digestAlgorithms = version && passes(in.read(), DEPTH_MAX);
        if (!digestAlgorithms || !enters(SEQUENCE) || !passes(in.read(), DEPTH_MAX) || !enters(TAGGED_0)) {
            return false;
        }
        int tag = in.read();
        left = length();
        inPieces = tag == OCTETS_IN_PIECES;
        if (inPieces) {
            left = 0;
        }
        return inPieces || (tag == OCTETS && left >= 0);
    }

    private boolean enters(int tag) throws IOException {
        boolean is = in.read() == tag;
        var _ = length();
        return is;
    }

    /// Passes over one value; none that is as long as the content would be.
    private boolean passes(int tag, int depth) throws IOException {
        if (tag < 0 || depth == 0) {
            return false;
        }
        long length = length();
        // Never so far that there is no way back.
        before += HEADER_MAX + Math.max(0, length);
        if (before > BEFORE_CONTENT_MAX / 2) {
            return false;
        }
        if (length != INDEFINITE) {
            in.skipNBytes(length);
            return true;
        }
        for (int inside = in.read(); inside != END; inside = in.read()) {
            if (!passes(inside, depth - 1)) {
                return false;
            }
        }
        return in.read() == END;
    }

    private long length() throws IOException {
        int first = in.read();
        if (first < 0) {
            throw new EOFException();
        }
        if (first < 0x80) {
            return first;
        }
        if (first == 0x80) {
            return INDEFINITE;
        }
        long length = 0;
        for (int i = 0; i < (first & 0x7f); i++) {
            int octet = in.read();
            if (octet < 0 || i > 6) {
                throw new EOFException();
            }
            length = length << 8 | octet;
        }
        return length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        try {
            while (left == 0 && inPieces) {
                int tag = in.read();
                inPieces = tag == OCTETS || tag == OCTETS_IN_PIECES || tag == END;
                long size = inPieces ? length() : 0;
                left = tag == OCTETS ? Math.max(0, size) : 0;
            }
        } catch (EOFException e) {
            inPieces = false;
        }
        if (left == 0) {
            return -1;
        }
        int n = in.read(target, offset, (int) Math.min(length, left));
        left = n < 0 ? 0 : left - n;
        inPieces &= n >= 0;
        return n;
    }
}
