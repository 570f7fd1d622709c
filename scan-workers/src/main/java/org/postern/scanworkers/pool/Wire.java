// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.postern.core.filter.FilterResult;
import org.postern.core.filter.FilterResult.NoVerdict;
import org.postern.core.filter.NoVerdictReason;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.pool.Backend.Probe;

/// How a backend is spoken to that takes one mail a connection and answers once.
///
/// @param program what runs there, for people
/// @param connectTimeout the longest time to connect
/// @param abandonTimeout how long it may go on with a mail nobody waits for
/// @param replyMax the longest answer in octets
public record Wire(
        String program, BackendAddress address, Duration connectTimeout, Duration abandonTimeout, int replyMax) {
    /// Sends one mail, or what stands for it.
    @FunctionalInterface
    public interface Sending {
        void to(BackendChannel channel) throws IOException;
    }

    /// Something of which it is known what the backend has to say of it.
    ///
    /// @param wrong what is wrong with an answer; empty where it is right
    public record Canary(Sending mail, Function<byte[], Optional<String>> wrong) {}

    /// Has a mail looked at. Goes on after the deadline while the backend works on it, at most for
    /// `abandonTimeout`.
    public FilterResult exchange(Lease lease, Deadline deadline, Sending mail, Function<byte[], FilterResult> reading) {
        BackendChannel channel;
        try {
            channel = open(deadline);
        } catch (IOException e) {
            return new NoVerdict(NoVerdictReason.UNAVAILABLE, address + ": " + e);
        }
        try (channel;
                BackendChannel.TimeLimit _ =
                        channel.closeIn(deadline.remaining().plus(abandonTimeout))) {
            lease.whenAbandoned(channel::close);
            mail.to(channel);
            lease.whenAbandoned(() -> {});
            return reading.apply(channel.readAll(replyMax));
        } catch (MailStream.UnreadableException e) {
            return new NoVerdict(NoVerdictReason.INTERNAL_ERROR, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return new NoVerdict(
                    lease.abandoned() ? NoVerdictReason.TIMED_OUT : NoVerdictReason.BACKEND_ERROR, address + ": " + e);
        }
    }

    /// Sends one canary after the other.
    public Probe probe(boolean seenUp, Deadline deadline, List<Canary> canaries, String proven) {
        for (Canary canary : canaries) {
            BackendChannel channel;
            try {
                channel = open(deadline);
            } catch (IOException e) {
                return new Probe(BackendState.DEAD, e.getMessage() + "; is " + program + " running?");
            }
            try (channel;
                    BackendChannel.TimeLimit _ = channel.closeIn(deadline.remaining())) {
                canary.mail().to(channel);
                Optional<String> wrong = canary.wrong().apply(channel.readAll(replyMax));
                if (wrong.isPresent()) {
                    return new Probe(BackendState.DEAD, wrong.get());
                }
            } catch (AsynchronousCloseException e) {
                return new Probe(
                        seenUp ? BackendState.OVERLOADED : BackendState.LOADING,
                        "takes connections but does not answer: busy, or it still starts");
            } catch (IOException e) {
                return new Probe(BackendState.DEAD, String.valueOf(e));
            }
        }
        return new Probe(BackendState.UP, proven + address.warning());
    }

    private BackendChannel open(Deadline deadline) throws IOException {
        return BackendChannel.open(address, deadline.within(connectTimeout).remaining());
    }

    /// Writes a head and then a mail to its end.
    public static void send(BackendChannel channel, byte[] head, InputStream mail) throws IOException {
        channel.write(ByteBuffer.wrap(head));
        byte[] block = new byte[64 * 1024];
        for (int n = mail.read(block); n >= 0; n = mail.read(block)) {
            channel.write(ByteBuffer.wrap(block, 0, n));
        }
    }
}
