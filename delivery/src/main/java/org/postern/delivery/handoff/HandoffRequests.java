// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.Deadline;
import org.postern.delivery.net.DeadlineInputStream;
import org.postern.delivery.spool.EnvelopeCodec;
import org.postern.delivery.spool.Intake;
import org.postern.delivery.spool.SpoolHealth;
import org.postern.delivery.spool.SpoolStore;
import org.postern.delivery.spool.Submission;

/// Answers the requests of one front, one at a time.
final class HandoffRequests {
    private static final int PROVEN_MAX = 10_000;

    private final HandoffServerConfig config;
    private final SpoolStore spool;
    private final Intake intake;
    private final FrontPlaces fronts;
    private final InstantSource clock;

    HandoffRequests(
            HandoffServerConfig config, SpoolStore spool, Intake intake, FrontPlaces fronts, InstantSource clock) {
        this.fronts = fronts;
        this.config = config;
        this.spool = spool;
        this.intake = intake;
        this.clock = clock;
    }

    /// Serves one request; false where the connection must be closed without an answer.
    boolean serveOne(FrontPlaces.Front front, DeadlineInputStream pace, InputStream in, OutputStream out)
            throws IOException {
        Frame frame = Frame.read(in);
        try {
            return switch (frame.type()) {
                case Frame.MAIL -> mail(MailFrame.parse(frame), front, pace, in, out);
                case Frame.STATUS -> answer(out, spool.status(id(frame)));
                case Frame.ABORT -> answer(out, spool.abort(id(frame)));
                case Frame.PROVEN -> {
                    spool.proven(ids(frame));
                    yield answer(out, SpoolStore.Status.ACCEPTED);
                }
                case Frame.PING -> {
                    SpoolHealth health = spool.health();
                    Frame.of(Frame.PONG, data -> {
                                data.writeByte(health.ok() ? 1 : 0);
                                EnvelopeCodec.writeString(data, health.detail());
                                data.writeShort(fronts.told());
                            })
                            .write(out);
                    yield true;
                }
                default -> throw new ProtocolException("unknown request " + (int) frame.type());
            };
        } catch (ProtocolException e) {
            Frame.of(Frame.ERROR, data -> EnvelopeCodec.writeString(data, String.valueOf(e.getMessage())))
                    .write(out);
            out.flush();
            throw e;
        }
    }

    private static boolean answer(OutputStream out, SpoolStore.Status status) throws IOException {
        Frame.of(Frame.ANSWER, data -> data.writeByte(status.code())).write(out);
        return true;
    }

    private static HandoffId id(Frame frame) throws IOException {
        DataInputStream in = frame.data();
        HandoffId id = readId(in);
        Frame.requireEnd(in);
        return id;
    }

    private static List<HandoffId> ids(Frame frame) throws IOException {
        DataInputStream in = frame.data();
        int count = in.readInt();
        if (count < 0 || count > PROVEN_MAX) {
            throw new ProtocolException("a list of " + count + " ids");
        }
        List<HandoffId> ids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ids.add(readId(in));
        }
        Frame.requireEnd(in);
        return ids;
    }

    private static HandoffId readId(DataInputStream in) throws IOException {
        try {
            return HandoffId.parse(EnvelopeCodec.readString(in));
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("not a handoff id");
        }
    }

    private boolean mail(
            MailFrame mail, FrontPlaces.Front front, DeadlineInputStream pace, InputStream in, OutputStream out)
            throws IOException {
        Deadline deadline = Deadline.in(config.mailTimeout()).within(mail.timeLeft());
        // While it waits here, the front's octets wait in the network.
        if (!front.take(deadline)) {
            return false;
        }
        try {
            return mailWithPlace(mail, deadline, pace, in, out);
        } finally {
            front.release();
        }
    }

    private boolean mailWithPlace(
            MailFrame mail, Deadline deadline, DeadlineInputStream pace, InputStream in, OutputStream out)
            throws IOException {
        pace.until(deadline, true);
        Submission submission = new Submission(
                mail.id(),
                mail.dedupKey(),
                mail.envelope(),
                mail.disposition(),
                mail.bodyLength(),
                true,
                clock.instant());
        SpoolStore.Commit result =
                intake.<IOException>take(submission, deadline, "postern", put -> copy(mail.bodyLength(), in, put));
        return switch (result) {
            case SpoolStore.Commit.Accepted(boolean duplicate, HandoffId kept) -> {
                Frame.of(Frame.KEPT, data -> {
                            data.writeByte(duplicate ? 1 : 0);
                            EnvelopeCodec.writeString(data, kept.toString());
                        })
                        .write(out);
                yield true;
            }
            case SpoolStore.Commit.Refused(boolean permanent, String detail) -> {
                Frame.of(permanent ? Frame.PERMANENT : Frame.TEMPORARY, data -> EnvelopeCodec.writeString(data, detail))
                        .write(out);
                yield true;
            }
            // No answer is the only true answer.
            case SpoolStore.Commit.Indeterminate(String detail) -> false;
        };
    }

    /// Copies the octets and checks their hash, which comes after them.
    private static void copy(long length, InputStream in, SpoolStore.Put put) throws IOException {
        MessageDigest digest = sha256();
        byte[] block = new byte[Math.clamp(length, 1, 64 * 1024)];
        long left = length;
        while (left > 0) {
            int n = in.read(block, 0, (int) Math.min(block.length, left));
            if (n < 0) {
                throw HandoffServer.cutOff();
            }
            digest.update(block, 0, n);
            put.write(block, 0, n);
            left -= n;
        }
        Frame trailer = Frame.read(in);
        if (trailer.type() != Frame.TRAILER || !Arrays.equals(trailer.payload(), digest.digest())) {
            throw new ProtocolException("the mail's octets and their hash do not agree; nothing of it is kept");
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
