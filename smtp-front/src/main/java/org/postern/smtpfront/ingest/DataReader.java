// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.ingest;

import org.postern.smtpfront.BareLineEnds;

/// Finds the end of DATA, undoes dot-stuffing, and tells lone CRs and LFs. RFC 5321 sections 2.3.8, 4.1.1.4, 4.5.2.
///
/// A line starts after CRLF and nowhere else, and only a line that is one dot ends the message; every other
/// opinion about ends of lines is a way to smuggle a second message. One thread at a time.
final class DataReader implements Framing {
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] CR = {'\r'};

    private enum State {
        LINE_START,
        IN_LINE,
        /// After a CR that may become CRLF.
        CR,
        /// After a dot at the start of a line; the dot is held back.
        DOT,
        /// After that dot and a CR; both are held back.
        DOT_CR,
        ENDED
    }

    private final MessageSink sink;
    private final boolean normalise;
    private State state = State.LINE_START;
    private boolean bareLineEnd;

    public DataReader(MessageSink sink, BareLineEnds bareLineEnds) {
        this.sink = sink;
        this.normalise = bareLineEnds == BareLineEnds.NORMALISE;
    }

    @Override
    public long announced() {
        return 0;
    }

    /// Whether the end of DATA was read.
    @Override
    public boolean ended() {
        return state == State.ENDED;
    }

    /// Whether there was a CR or an LF on its own.
    @Override
    public boolean sawBareLineEnd() {
        return bareLineEnd;
    }

    /// Whether no end of DATA can be in these octets, whatever was read before: no line in them begins with a dot.
    static boolean cannotEnd(byte[] octets) {
        if (octets.length == 0 || octets[0] == '.' || octets[0] == '\r' || octets[0] == '\n') {
            return false;
        }
        for (int i = 1; i < octets.length; i++) {
            if (octets[i] == '.' && octets[i - 1] == '\n') {
                return false;
            }
        }
        return true;
    }

    /// Reads octets from `from` up to `to` or the end of DATA, whichever comes first, and returns the offset after
    /// the last one read.
    @Override
    public int read(byte[] octets, int from, int to) {
        int run = from;
        int at = from;
        while (at < to && state != State.ENDED) {
            byte octet = octets[at];
            switch (state) {
                case LINE_START -> {
                    if (octet == '.') {
                        give(octets, run, at);
                        run = at + 1;
                        state = State.DOT;
                        at++;
                    } else {
                        state = State.IN_LINE;
                    }
                }
                case IN_LINE -> {
                    if (octet == '\r') {
                        state = State.CR;
                        run = holdBack(octets, run, at);
                    } else if (octet == '\n') {
                        bareLineEnd = true;
                        run = replace(octets, run, at);
                    }
                    at++;
                    while (state == State.IN_LINE && at < to && octets[at] != '\r' && octets[at] != '\n') {
                        at++;
                    }
                }
                case CR -> {
                    boolean lineEnd = octet == '\n';
                    bareLineEnd |= !lineEnd;
                    state = lineEnd ? State.LINE_START : State.IN_LINE;
                    at += lineEnd ? 1 : 0;
                    if (normalise) {
                        give(CRLF);
                        run = at;
                    }
                }
                case DOT -> {
                    if (octet == '\r') {
                        at++;
                        run = at;
                        state = State.DOT_CR;
                    } else {
                        state = State.IN_LINE;
                    }
                }
                case DOT_CR -> {
                    if (octet == '\n') {
                        at++;
                        run = at;
                        state = State.ENDED;
                    } else {
                        bareLineEnd = true;
                        give(normalise ? CRLF : CR);
                        state = State.IN_LINE;
                    }
                }
                case ENDED -> throw new AssertionError("the loop ends here");
            }
        }
        give(octets, run, at);
        return at;
    }

    /// Normalising holds every CR back until it is known what follows it.
    private int holdBack(byte[] octets, int run, int at) {
        if (!normalise) {
            return run;
        }
        give(octets, run, at);
        return at + 1;
    }

    /// Normalising turns the lone LF at `at` into CRLF; else it stays in the run.
    private int replace(byte[] octets, int run, int at) {
        if (!normalise) {
            return run;
        }
        give(octets, run, at);
        give(CRLF);
        return at + 1;
    }

    private void give(byte[] octets) {
        give(octets, 0, octets.length);
    }

    private void give(byte[] octets, int from, int to) {
        if (to > from) {
            sink.write(octets, from, to - from);
        }
    }
}
