// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.ingest;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageContentBuilder;
import org.postern.smtpfront.BareLineEnds;
import org.postern.smtpfront.LimitsConfig;

/// One message coming in: finds its end, keeps its octets up to the bounds, and says what became of it. One thread
/// at a time.
///
/// A message that cannot be kept is still read to its real end, so that nothing in it is taken for a command.
public final class MessageIntake implements AutoCloseable {
    private final DataReader reader;
    private final long sizeMax;
    private final MessageContentBuilder builder;
    private final Instant began;
    private final boolean refuseBare;
    private long size;
    private Optional<IOException> failure = Optional.empty();

    public MessageIntake(LimitsConfig limits, BareLineEnds bareLineEnds, Path tempFolder, Instant began) {
        this.reader = new DataReader(this::keep, bareLineEnds);
        this.sizeMax = limits.messageSize().bytes();
        ByteSize memory = limits.messageMemory();
        this.builder = new MessageContentBuilder(memory, tempFolder);
        this.began = began;
        this.refuseBare = bareLineEnds == BareLineEnds.REFUSE;
    }

    /// Reads octets up to the end of the message; returns the offset after the last one read.
    public int read(byte[] octets, int from, int to) {
        return reader.read(octets, from, to);
    }

    /// Whether the end was read.
    public boolean ended() {
        return reader.ended();
    }

    /// Octets so far, dot-stuffing undone.
    public long size() {
        return size;
    }

    /// What came in. To be asked once, after the end; the content of `Complete` then belongs to the caller.
    public Result result() {
        if (failure.isPresent()) {
            return new Result.Unkept(failure.get());
        }
        if (size > sizeMax) {
            return new Result.TooLarge();
        }
        if (refuseBare && reader.sawBareLineEnd()) {
            return new Result.BareLineEnd();
        }
        byte[] sha256 = builder.sha256();
        return new Result.Complete(builder.build(), sha256, began);
    }

    private void keep(byte[] octets, int offset, int length) {
        size += length;
        if (size > sizeMax || failure.isPresent()) {
            builder.close();
            return;
        }
        try {
            builder.write(octets, offset, length);
        } catch (IOException e) {
            failure = Optional.of(e);
            builder.close();
        }
    }

    @Override
    public void close() {
        builder.close();
    }

    /// What became of a message that was read to its end.
    public sealed interface Result {
        /// It is here.
        ///
        /// @param content the octets; closed by whoever gets this
        /// @param sha256 over them
        /// @param began when the first of them could come
        @SuppressWarnings("ArrayRecordComponent") // compared by nobody
        record Complete(MessageContent content, byte[] sha256, Instant began) implements Result {}

        /// It was larger than the limit.
        record TooLarge() implements Result {}

        /// It held a CR or LF on its own.
        record BareLineEnd() implements Result {}

        /// The temp folder failed.
        record Unkept(IOException cause) implements Result {}
    }
}
