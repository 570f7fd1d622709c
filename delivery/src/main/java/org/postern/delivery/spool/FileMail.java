// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.postern.core.handoff.Disposition;
import org.postern.core.handoff.HandoffId;
import org.postern.core.mail.Envelope;

/// A mail in a spool file. One thread uses it, the holder of the lease.
final class FileMail implements StoredMail {
    private final Disk disk;
    private final Path path;
    private final SpoolFile file;
    private final RecipientState[] states;
    private long appendAt;

    /// @param file what the file says
    FileMail(Disk disk, Path path, SpoolFile file) throws DamagedMailException {
        this.disk = disk;
        this.path = path;
        this.file = file;
        this.states = file.recipientStates();
        this.appendAt = file.validLength();
    }

    @Override
    public HandoffId id() {
        return file.header().submission().id();
    }

    @Override
    public Envelope envelope() {
        return file.header().submission().envelope();
    }

    @Override
    public Disposition disposition() {
        return file.header().submission().disposition();
    }

    @Override
    public Instant received() {
        return file.header().submission().received();
    }

    @Override
    public long bodyLength() {
        return file.header().submission().bodyLength();
    }

    @Override
    public int attempts() {
        return file.attempts();
    }

    @Override
    public Instant lastAttempt() {
        return Instant.ofEpochMilli(file.lastMillis());
    }

    @Override
    public List<RecipientState> recipients() {
        return List.of(states);
    }

    @Override
    public InputStream body() throws IOException {
        return new VerifyingInputStream(disk, path, file.header().length(), file.end());
    }

    SpoolFile file() {
        return file;
    }

    Path path() {
        return path;
    }

    /// Appends records behind all valid ones, also those that were appended since this mail was opened.
    /// Synced ones are durable when this returns. The caller holds the mail's lock of [MailLocks].
    void append(List<StateRecord> records, boolean sync) throws IOException {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        for (StateRecord one : records) {
            octets.writeBytes(one.encode(file.header().crc()));
        }
        try (DiskFile out = disk.edit(path)) {
            long end = file.endOfStates(out, appendAt);
            if (out.length() > end) {
                out.setLength(end);
            }
            out.seek(end);
            try {
                out.write(octets.toByteArray(), 0, octets.size());
            } catch (IOException e) {
                out.setLength(end);
                throw e;
            }
            if (sync) {
                try {
                    out.sync();
                } catch (IOException e) {
                    throw new SyncException(e);
                }
            }
            appendAt = end + octets.size();
        }
    }

    void set(RecipientOutcome outcome) {
        states[outcome.recipient()] = outcome.delivered() ? RecipientState.DONE : RecipientState.FAILED;
    }

    void setAllDone() {
        Arrays.fill(states, RecipientState.DONE);
    }

    boolean anyPending() {
        return Arrays.asList(states).contains(RecipientState.PENDING);
    }

    boolean anyFailed() {
        return Arrays.asList(states).contains(RecipientState.FAILED);
    }
}
