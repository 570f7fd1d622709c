// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.ingest;

import org.postern.smtpfront.BareLineEnds;

/// Reads the octets of BDAT chunks: as many as were announced, whatever they are. RFC 3030.
///
/// Nothing in a chunk can end a message, and still lone CRs and LFs are told: what comes by BDAT may leave by DATA.
/// In a BINARYMIME message only the header is held to that. One thread at a time.
final class ChunkReader implements Framing {
    private static final byte[] CRLF = {'\r', '\n'};

    private final MessageSink sink;
    private final boolean binary;
    private final boolean normalise;
    private long left;
    private boolean last;
    private boolean bareLineEnd;

    /// After a CR; normalising holds it back.
    private boolean afterCr;

    private boolean emptyLine = true;
    private boolean headerEnded;

    ChunkReader(MessageSink sink, BareLineEnds bareLineEnds, boolean binary) {
        this.sink = sink;
        this.binary = binary;
        // Octets that may mean anything are not changed.
        this.normalise = bareLineEnds == BareLineEnds.NORMALISE && !binary;
    }

    /// Announces a chunk; the one before was read to its end.
    void begin(long octets, boolean isLast) {
        left = octets;
        last = isLast;
        finishMessage();
    }

    @Override
    public long announced() {
        return left;
    }

    @Override
    public boolean ended() {
        return last && left == 0;
    }

    boolean chunkEnded() {
        return left == 0;
    }

    @Override
    public boolean sawBareLineEnd() {
        return bareLineEnd;
    }

    @Override
    public int read(byte[] octets, int from, int to) {
        int end = (int) Math.min(to, from + left);
        left -= end - from;
        if (binary && headerEnded) {
            give(octets, from, end);
        } else {
            inspect(octets, from, end);
        }
        finishMessage();
        return end;
    }

    private void inspect(byte[] octets, int from, int end) {
        int run = from;
        for (int at = from; at < end; at++) {
            byte octet = octets[at];
            if (afterCr) {
                afterCr = false;
                boolean lineEnd = octet == '\n';
                lineEnded(lineEnd);
                if (normalise) {
                    give(CRLF, 0, CRLF.length);
                    run = lineEnd ? at + 1 : at;
                }
                if (lineEnd) {
                    continue;
                }
            }
            if (octet == '\r') {
                afterCr = true;
                if (normalise) {
                    give(octets, run, at);
                    run = at + 1;
                }
            } else if (octet == '\n') {
                lineEnded(false);
                if (normalise) {
                    give(octets, run, at);
                    give(CRLF, 0, CRLF.length);
                    run = at + 1;
                }
            } else {
                emptyLine = false;
            }
        }
        give(octets, run, end);
    }

    private void lineEnded(boolean wholly) {
        bareLineEnd |= !wholly && !(binary && headerEnded);
        headerEnded |= wholly && emptyLine;
        emptyLine = wholly;
    }

    /// A CR that is the last octet of a message has no LF any more.
    private void finishMessage() {
        if (ended() && afterCr) {
            afterCr = false;
            lineEnded(false);
            if (normalise) {
                give(CRLF, 0, CRLF.length);
            }
        }
    }

    private void give(byte[] octets, int from, int to) {
        if (to > from) {
            sink.write(octets, from, to - from);
        }
    }
}
