// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.time.Instant;
import java.util.Optional;
import org.postern.core.mail.MailParameters.BodyType;
import org.postern.core.reply.Reply;
import org.postern.smtpfront.SmtpFrontConfig;
import org.postern.smtpfront.ingest.MessageIntake;

/// What comes in now, where it is not commands: a message by DATA, a chunk of one by BDAT, or a chunk that nobody
/// wants. One thread at a time, but for [#isExpected()].
final class Incoming {
    private final Farm farm;
    private Optional<MessageIntake> intake = Optional.empty();
    private Optional<ChunkFollows> chunk = Optional.empty();
    private long unwanted;
    private volatile boolean expected;

    Incoming(Farm farm) {
        this.farm = farm;
    }

    /// Whether the next octets are not a command. Any thread.
    boolean isExpected() {
        return expected;
    }

    /// The message that has begun; with BDAT it may wait for its next chunk.
    Optional<MessageIntake> intake() {
        return intake;
    }

    /// A message by DATA follows.
    void data() {
        SmtpFrontConfig config = farm.config();
        intake = Optional.of(MessageIntake.data(
                config.limits(),
                config.bareLineEnds(),
                farm.mails().memory(),
                farm.identity().tempFolder(),
                Instant.now()));
        farm.admission().pressure().arriving();
        expected = true;
    }

    /// A chunk follows, of the message that has begun or of a new one. With no octets at all it is complete now.
    void chunk(ChunkFollows next, BodyType body) {
        chunk = Optional.of(next);
        expected = true;
        if (next.refusal().isPresent()) {
            unwanted = next.octets();
            return;
        }
        MessageIntake message = intake.orElseGet(() -> {
            SmtpFrontConfig config = farm.config();
            farm.admission().pressure().arriving();
            return MessageIntake.chunks(
                    config.limits(),
                    config.bareLineEnds(),
                    farm.mails().memory(),
                    farm.identity().tempFolder(),
                    Instant.now(),
                    body == BodyType.BINARY_MIME);
        });
        message.beginChunk(next.octets(), next.last());
        intake = Optional.of(message);
    }

    /// Whether these octets are surely not the end of it, and need no file. `false` in doubt.
    boolean goesOnInMemory(byte[] octets) {
        if (chunk.isPresent()) {
            return chunk.get().refusal().isPresent() && octets.length < unwanted;
        }
        return intake.isPresent() && intake.get().goesOnInMemory(octets);
    }

    /// Reads what belongs to the message or chunk; returns the offset after it.
    int read(byte[] octets, int from, int to) {
        if (chunk.isPresent() && chunk.get().refusal().isPresent()) {
            int end = (int) Math.min(to, from + unwanted);
            unwanted -= end - from;
            return end;
        }
        return intake.orElseThrow().read(octets, from, to);
    }

    /// What was read to its end, if anything was; commands follow then.
    Optional<Complete> complete() {
        Optional<Complete> complete = chunk.map(this::endOfChunk).orElseGet(this::endOfData);
        if (complete.isPresent()) {
            expected = false;
            chunk = Optional.empty();
        }
        return complete;
    }

    private Optional<Complete> endOfData() {
        return intake.filter(message -> message.ended() || message.endless()).map(_ -> new Complete.Message(taken()));
    }

    private Optional<Complete> endOfChunk(ChunkFollows read) {
        if (read.refusal().isPresent()) {
            return endOfUnwanted(read.refusal().get());
        }
        MessageIntake message = intake.orElseThrow();
        if (message.endless()) {
            return Optional.of(new Complete.Message(taken()));
        }
        if (!message.chunkEnded()) {
            return Optional.empty();
        }
        // A message that will be refused is refused with the chunk that spoilt it: its other chunks find no mail.
        return Optional.of(
                message.ended() || message.broken()
                        ? new Complete.Message(taken())
                        : new Complete.Reply(read.received()));
    }

    /// A chunk that is larger than any message is not read at all.
    private Optional<Complete> endOfUnwanted(Reply refusal) {
        if (unwanted > farm.config().limits().octetsReadMax()) {
            return Optional.of(new Complete.Reply(Replied.last(refusal)));
        }
        return unwanted == 0 ? Optional.of(new Complete.Reply(Replied.of(refusal))) : Optional.empty();
    }

    private MessageIntake taken() {
        MessageIntake message = intake.orElseThrow();
        intake = Optional.empty();
        farm.admission().pressure().arrived();
        return message;
    }

    /// Throws away the message that has begun, and returns how many octets of it there were; empty where there was
    /// none.
    Optional<Long> giveUp() {
        Optional<Long> size = intake.map(MessageIntake::size);
        intake.ifPresent(begun -> {
            begun.close();
            farm.admission().pressure().arrived();
        });
        intake = Optional.empty();
        chunk = Optional.empty();
        expected = false;
        return size;
    }

    /// Something read to its end.
    sealed interface Complete {
        /// A whole message, or one that need not be read further; to be closed by whoever gets it.
        record Message(MessageIntake intake) implements Complete {}

        /// A chunk that changes nothing but that it is to be answered.
        record Reply(Replied reply) implements Complete {}
    }
}
