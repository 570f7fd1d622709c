// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

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

    /// Reads the header alone, which proves itself.
    static MailHeader readHeader(DiskFile file) throws IOException {
        byte[] prefix = readUpTo(file, 512);
        if (prefix.length < 512 || allZero(prefix, 0)) {
            throw new TornException("the header is missing");
        }
        int headerLength = MailHeader.lengthOf(prefix);
        if (file.length() < headerLength) {
            throw new TornException("the header is cut off");
        }
        byte[] block = java.util.Arrays.copyOf(prefix, headerLength);
        file.readFully(block, prefix.length, headerLength - prefix.length);
        return MailHeader.parse(block);
    }

    private static SpoolFile read(DiskFile file) throws IOException {
        long length = file.length();
        MailHeader header = readHeader(file);
        long endAt = header.length() + header.submission().bodyLength();
        if (length < endAt + EndRecord.LENGTH) {
            throw new TornException("the file ends before its END record");
        }
        file.seek(endAt);
        byte[] endOctets = new byte[EndRecord.LENGTH];
        file.readFully(endOctets, 0, endOctets.length);
        if (allZero(endOctets, 0)) {
            throw new TornException("the END record is missing");
        }
        EndRecord end = EndRecord.parse(endOctets);
        if (end.headerCrc() != header.crc()
                || end.bodyLength() != header.submission().bodyLength()) {
            throw new DamagedMailException("header and END belong to different mails");
        }
        return withStates(file, header, end, endAt + EndRecord.LENGTH, length);
    }

    private static SpoolFile withStates(DiskFile file, MailHeader header, EndRecord end, long from, long length)
            throws IOException {
        List<StateRecord> states = new ArrayList<>();
        long validLength = readStates(file, header.crc(), from, length, states);
        return new SpoolFile(header, end, List.copyOf(states), validLength);
    }

    /// Reads the valid records from a place on; returns where they end.
    private static long readStates(DiskFile file, int crc, long from, long length, List<StateRecord> to)
            throws IOException {
        if (length - from > STATES_LENGTH_MAX) {
            throw new DamagedMailException("more state records than there can be");
        }
        byte[] rest = new byte[(int) (length - from)];
        file.seek(from);
        file.readFully(rest, 0, rest.length);
        int position = 0;
        while (position < rest.length) {
            try {
                to.add(StateRecord.parse(rest, position, crc));
                position += StateRecord.lengthAt(rest, position);
            } catch (DamagedMailException e) {
                if (isTornAppend(rest, position, from)) {
                    break;
                }
                throw e;
            }
        }
        return from + position;
    }

    /// Where the valid records end in a file that was read earlier and may have got more of them since.
    long endOfStates(DiskFile now, long known) throws IOException {
        long length = now.length();
        return length <= known ? length : readStates(now, header.crc(), known, length, new ArrayList<>());
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

    private static boolean allZero(byte[] octets, int from) {
        return allZero(octets, from, octets.length);
    }

    private static boolean allZero(byte[] octets, int from, int to) {
        for (int i = from; i < to; i++) {
            if (octets[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private static byte[] readUpTo(DiskFile file, int max) throws IOException {
        byte[] octets = new byte[(int) Math.min(max, file.length())];
        file.readFully(octets, 0, octets.length);
        return octets;
    }

    /// Where each recipient stands.
    RecipientState[] recipientStates() throws DamagedMailException {
        RecipientState[] result =
                new RecipientState[header.submission().envelope().recipients().size()];
        java.util.Arrays.fill(result, RecipientState.PENDING);
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
        java.util.Arrays.fill(texts, "");
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
