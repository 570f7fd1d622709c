// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.Lock;

/// What one spool file says, read and checked: header, END, and what happened since. The body is
/// not read here.
///
/// @param header the header block
/// @param end the END record
/// @param states what happened, in order
/// @param validLength octets up to the end of the last valid record; what lies behind is the torn
///     rest of an
///     append
record SpoolFile(MailHeader header, EndRecord end, List<StateRecord> states, long validLength) {
    private static final int SECTOR = 512;
    private static final int PREFIX = 512;
    /// All of most mails.
    private static final int START = 8192;
    /// State records are read at once; a file with more has been tampered with.
    private static final int STATES_LENGTH_MAX = 16 * 1024 * 1024;

    /// A file that was never acknowledged: it ends before its END record.
    static final class TornException extends IOException {
        private static final long serialVersionUID = 1L;

        TornException(String message) {
            super(message);
        }
    }

    /// Reads a file.
    ///
    /// @throws TornException where it was never finished
    /// @throws DamagedMailException where it was finished and is not what was written
    static SpoolFile read(Disk disk, Path path) throws IOException {
        try (DiskFile file = disk.read(path)) {
            return read(file);
        } catch (EOFException e) {
            throw new TornException(String.valueOf(e.getMessage()));
        }
    }

    /// Reads a file to which somebody may be appending: what looks damaged is read again while nobody is,
    /// for half a record looks like damage.
    ///
    /// @param appending held by whoever appends
    static SpoolFile read(Disk disk, Path path, Lock appending) throws IOException {
        try {
            return read(disk, path);
        } catch (DamagedMailException e) {
            appending.lock();
            try {
                return read(disk, path);
            } finally {
                appending.unlock();
            }
        }
    }

    /// Reads the header alone, which proves itself.
    static MailHeader readHeader(DiskFile file) throws IOException {
        long length = file.length();
        return header(file, readUpTo(file, PREFIX, length), length);
    }

    /// @param start octets from the start of the file, all that were read
    private static MailHeader header(DiskFile file, byte[] start, long length) throws IOException {
        if (start.length < PREFIX || allZero(start, 0, PREFIX)) {
            throw new TornException("the header is missing");
        }
        int headerLength = MailHeader.lengthOf(start);
        if (length < headerLength) {
            throw new TornException("the header is cut off");
        }
        byte[] block = Arrays.copyOf(start, headerLength);
        if (headerLength > start.length) {
            file.readFully(block, start.length, headerLength - start.length);
        }
        return MailHeader.parse(block);
    }

    /// With few calls of the system: a start reads every file there is.
    private static SpoolFile read(DiskFile file) throws IOException {
        long length = file.length();
        byte[] start = readUpTo(file, START, length);
        MailHeader header = header(file, start, length);
        long endAt = header.length() + header.submission().bodyLength();
        if (length < endAt + EndRecord.LENGTH) {
            throw new TornException("the file ends before its END record");
        }
        requireFewStates(length - endAt - EndRecord.LENGTH);
        byte[] rest = length <= start.length
                ? Arrays.copyOfRange(start, (int) endAt, (int) length)
                : readAll(file, endAt, length);
        byte[] endOctets = Arrays.copyOf(rest, EndRecord.LENGTH);
        if (allZero(endOctets, 0, endOctets.length)) {
            throw new TornException("the END record is missing");
        }
        EndRecord end = EndRecord.parse(endOctets);
        if (end.headerCrc() != header.crc()
                || end.bodyLength() != header.submission().bodyLength()) {
            throw new DamagedMailException("header and END belong to different mails");
        }
        List<StateRecord> states = new ArrayList<>();
        long validLength = endAt + parseStates(rest, EndRecord.LENGTH, header.crc(), endAt, states);
        return new SpoolFile(header, end, List.copyOf(states), validLength);
    }

    private static void requireFewStates(long octets) throws DamagedMailException {
        if (octets > STATES_LENGTH_MAX) {
            throw new DamagedMailException("more state records than there can be");
        }
    }

    private static byte[] readAll(DiskFile file, long from, long to) throws IOException {
        byte[] octets = new byte[(int) (to - from)];
        file.seek(from);
        file.readFully(octets, 0, octets.length);
        return octets;
    }

    /// Takes the valid records out of `octets` from a position on; returns the position where they end.
    ///
    /// @param from where in the file `octets` begin
    private static int parseStates(byte[] octets, int start, int crc, long from, List<StateRecord> to)
            throws DamagedMailException {
        int position = start;
        while (position < octets.length) {
            try {
                to.add(StateRecord.parse(octets, position, crc));
                position += StateRecord.lengthAt(octets, position);
            } catch (DamagedMailException e) {
                if (isTornAppend(octets, position, from)) {
                    break;
                }
                throw e;
            }
        }
        return position;
    }

    /// Where the valid records end in a file that was read earlier and may have got more of them since.
    long endOfStates(DiskFile now, long known) throws IOException {
        long length = now.length();
        if (length <= known) {
            return length;
        }
        requireFewStates(length - known);
        return known + parseStates(readAll(now, known, length), 0, header.crc(), known, new ArrayList<>());
    }

    /// A power cut during an append leaves a short record, or one of which a sector was never
    /// written and reads as zeros, be it the last one or not. Anything else is damage.
    ///
    /// @param from where in the file `rest` begins
    private static boolean isTornAppend(byte[] rest, int position, long from) {
        if (rest.length - position < StateRecord.LENGTH) {
            return true;
        }
        int start = position;
        while (start < rest.length) {
            int end = (int) Math.min(rest.length, start + SECTOR - (from + start) % SECTOR);
            if (allZero(rest, start, end)) {
                return true;
            }
            start = end;
        }
        return allZero(rest, rest.length - 8, rest.length);
    }

    private static boolean allZero(byte[] octets, int from, int to) {
        for (int i = from; i < to; i++) {
            if (octets[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private static byte[] readUpTo(DiskFile file, int max, long length) throws IOException {
        byte[] octets = new byte[(int) Math.min(max, length)];
        file.readFully(octets, 0, octets.length);
        return octets;
    }

    /// Where each recipient stands.
    RecipientState[] recipientStates() throws DamagedMailException {
        RecipientState[] result =
                new RecipientState[header.submission().envelope().recipients().size()];
        Arrays.fill(result, RecipientState.PENDING);
        for (StateRecord state : states) {
            if (!isOutcome(state)) {
                continue;
            }
            if (state.recipient() < 0 || state.recipient() >= result.length) {
                throw new DamagedMailException("a state record names recipient " + state.recipient());
            }
            result[state.recipient()] =
                    state.type() == StateRecord.Type.DONE ? RecipientState.DONE : RecipientState.FAILED;
        }
        return result;
    }

    private static boolean isOutcome(StateRecord state) {
        return switch (state.type()) {
            case DONE, FAIL -> true;
            case NEXT, HOLD, RELEASE -> false;
        };
    }

    int attempts() {
        return states.stream().mapToInt(StateRecord::attempts).max().orElse(0);
    }

    /// Whether an administrator holds it.
    boolean held() {
        boolean held = false;
        for (StateRecord state : states) {
            held = switch (state.type()) {
                case HOLD -> true;
                case RELEASE -> false;
                case NEXT, DONE, FAIL -> held;
            };
        }
        return held;
    }

    /// When the last attempt ended; its arrival where there was none.
    long lastMillis() {
        for (StateRecord state : states.reversed()) {
            if (state.type() == StateRecord.Type.NEXT) {
                return state.timeMillis();
            }
        }
        return header.submission().received().toEpochMilli();
    }

    /// When the mail is due; its arrival where nothing was said.
    long nextMillis() {
        for (StateRecord state : states.reversed()) {
            if (state.type() == StateRecord.Type.NEXT || state.type() == StateRecord.Type.RELEASE) {
                return state.nextMillis();
            }
        }
        return header.submission().received().toEpochMilli();
    }

    /// What an administrator sees of it.
    SpoolQueue.Entry entry(SpoolQueue.State state, Instant next) throws DamagedMailException {
        Submission submission = header.submission();
        RecipientState[] recipientStates = recipientStates();
        String[] texts = new String[recipientStates.length];
        Arrays.fill(texts, "");
        String reason = "";
        for (StateRecord each : states) {
            if (isOutcome(each)) {
                texts[each.recipient()] = each.text();
            } else if (each.type() == StateRecord.Type.NEXT) {
                reason = each.text();
            }
        }
        List<SpoolQueue.EntryRecipient> recipients = new ArrayList<>();
        for (int i = 0; i < texts.length; i++) {
            recipients.add(new SpoolQueue.EntryRecipient(
                    submission.envelope().recipients().get(i).path(), recipientStates[i], texts[i]));
        }
        return new SpoolQueue.Entry(
                submission.id(),
                state,
                submission.received(),
                next,
                attempts(),
                reason,
                submission.disposition(),
                submission.envelope().reversePath(),
                submission.bodyLength(),
                recipients);
    }
}
