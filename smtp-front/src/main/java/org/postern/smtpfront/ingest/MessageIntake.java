// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.ingest;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageContentBuilder;
import org.postern.smtpfront.BareLineEnds;
import org.postern.smtpfront.LimitsConfig;

/// One message coming in: finds its end, keeps its octets up to the bounds, and says what became of it. One thread
/// at a time.
///
/// A message that cannot be kept is still read to its real end, so that nothing in it is taken for a command; one that
/// goes on for too long is left off, and its client with it.
public final class MessageIntake implements AutoCloseable {
    /// A dot and a CR, of which the CR may become CRLF.
    private static final int HELD_BACK_MAX = 3;

    private final Framing framing;
    private final Optional<ChunkReader> chunks;
    private final long sizeMax;
    private final long readMax;
    private final long memoryMax;
    private final MessageMemory memory;
    private final MessageContentBuilder builder;
    private final Instant began;
    private final boolean refuseBare;
    private long size;
    private Part part = Part.NOT_ASKED;
    private Optional<IOException> failure = Optional.empty();

    /// Whether it has a part of the memory for messages. It is asked for once: what goes to a file stays there.
    private enum Part {
        NOT_ASKED,
        TAKEN,
        NONE_LEFT
    }

    private MessageIntake(
            LimitsConfig limits,
            BareLineEnds bareLineEnds,
            MessageMemory memory,
            Path tempFolder,
            Instant began,
            Optional<Boolean> binary) {
        this.chunks = binary.map(free -> new ChunkReader(this::keep, bareLineEnds, free));
        this.framing = chunks.isPresent() ? chunks.get() : new DataReader(this::keep, bareLineEnds);
        this.sizeMax = limits.messageSize().bytes();
        this.readMax = limits.octetsReadMax();
        this.memoryMax = limits.messageMemory().bytes();
        this.memory = memory;
        this.builder = new MessageContentBuilder(limits.messageMemory(), tempFolder, this::mayGrow);
        this.began = began;
        // Binary octets cannot be normalised: there a bare CR or LF in the header is always refused.
        this.refuseBare = bareLineEnds == BareLineEnds.REFUSE || binary.orElse(false);
    }

    /// A message that comes by DATA.
    public static MessageIntake data(
            LimitsConfig limits, BareLineEnds bareLineEnds, MessageMemory memory, Path tempFolder, Instant began) {
        return new MessageIntake(limits, bareLineEnds, memory, tempFolder, began, Optional.empty());
    }

    /// A message that comes in BDAT chunks, each of which is announced with [#beginChunk].
    ///
    /// @param binary whether it was announced with BODY=BINARYMIME
    public static MessageIntake chunks(
            LimitsConfig limits,
            BareLineEnds bareLineEnds,
            MessageMemory memory,
            Path tempFolder,
            Instant began,
            boolean binary) {
        return new MessageIntake(limits, bareLineEnds, memory, tempFolder, began, Optional.of(binary));
    }

    /// The next chunk follows. RFC 3030 section 2
    public void beginChunk(long octets, boolean last) {
        chunks.orElseThrow().begin(octets, last);
    }

    /// Whether the announced chunk was read; a message that comes by DATA is one chunk.
    public boolean chunkEnded() {
        return chunks.map(ChunkReader::chunkEnded).orElseGet(framing::ended);
    }

    /// Whether it is certain by now that the message will be refused.
    public boolean broken() {
        return failure.isPresent() || size > sizeMax || (refuseBare && framing.sawBareLineEnd());
    }

    /// Whether it goes on, or is announced to go on, for so long that its end is not waited for. What would come next
    /// is neither a message that anybody wants nor a command.
    public boolean endless() {
        return extent() > readMax && !chunkEnded();
    }

    /// Octets so far, and those of the chunk that are still to come.
    private long extent() {
        return size + framing.announced();
    }

    /// Reads octets up to the end of the message or chunk; returns the offset after the last one read.
    public int read(byte[] octets, int from, int to) {
        return framing.read(octets, from, to);
    }

    /// Whether these octets of a message by DATA surely do not end it, and leave it in memory. `false` in doubt.
    public boolean goesOnInMemory(byte[] octets) {
        // Normalising may double them, and what was held back may come out too.
        long end = size + HELD_BACK_MAX + (refuseBare ? 1L : 2L) * octets.length;
        return end <= memoryMax
                && (end <= MessageContentBuilder.FIRST_OCTETS || mayGrow())
                && DataReader.cannotEnd(octets);
    }

    /// Whether the end was read.
    public boolean ended() {
        return framing.ended();
    }

    /// Octets so far, dot-stuffing undone.
    public long size() {
        return size;
    }

    /// What came in. To be asked once, after the end; a `Complete` then belongs to the caller.
    public Result result() {
        if (extent() > sizeMax) {
            // Also where the temp folder failed: it never can be kept.
            return new Result.TooLarge();
        }
        if (failure.isPresent()) {
            return new Result.Unkept(failure.get());
        }
        if (refuseBare && framing.sawBareLineEnd()) {
            return new Result.BareLineEnd();
        }
        byte[] sha256 = builder.sha256();
        boolean holdsPart = part == Part.TAKEN;
        part = Part.NONE_LEFT;
        return new Result.Complete(builder.build(), sha256, began, holdsPart ? memory::giveBack : () -> {});
    }

    private boolean mayGrow() {
        if (part == Part.NOT_ASKED) {
            part = memory.take() ? Part.TAKEN : Part.NONE_LEFT;
        }
        return part == Part.TAKEN;
    }

    private void giveBack() {
        if (part == Part.TAKEN) {
            memory.giveBack();
        }
        part = Part.NONE_LEFT;
    }

    private void keep(byte[] octets, int offset, int length) {
        size += length;
        if (size > sizeMax || failure.isPresent()) {
            close();
            return;
        }
        try {
            builder.write(octets, offset, length);
            if (size > memoryMax) {
                // It is in a file.
                giveBack();
            }
        } catch (IOException e) {
            failure = Optional.of(e);
            close();
        }
    }

    /// Throws it away, but for what [#result()] has handed over.
    @Override
    public void close() {
        builder.close();
        giveBack();
    }

    /// What became of a message that was read to its end, or that is not read further.
    public sealed interface Result {
        /// It is here; to be closed by whoever gets this, once.
        ///
        /// @param content the octets
        /// @param sha256 over them
        /// @param began when the first of them could come
        /// @param giveBack gives back the memory they take
        @SuppressWarnings("ArrayRecordComponent") // compared by nobody
        record Complete(MessageContent content, byte[] sha256, Instant began, Runnable giveBack)
                implements Result, AutoCloseable {
            @Override
            public void close() {
                content.close();
                giveBack.run();
            }
        }

        /// It was larger than the limit.
        record TooLarge() implements Result {}

        /// It held a CR or LF on its own.
        record BareLineEnd() implements Result {}

        /// The temp folder failed.
        record Unkept(IOException cause) implements Result {}
    }
}
