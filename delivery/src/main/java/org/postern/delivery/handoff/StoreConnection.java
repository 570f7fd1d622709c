// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Optional;
import org.postern.core.config.HostAndPort;
import org.postern.core.handoff.Handoff;
import org.postern.core.handoff.HandoffId;
import org.postern.core.handoff.HandoffResult;
import org.postern.core.limits.Deadline;
import org.postern.delivery.net.DeadlineInputStream;
import org.postern.delivery.net.MutualTls;
import org.postern.delivery.net.NamedHosts;
import org.postern.delivery.net.Watchdog;
import org.postern.delivery.spool.EnvelopeCodec;
import org.postern.delivery.spool.SpoolStore;

/// One connection of a front to a store. One thread uses it at a time; after an exception it is good for nothing but
/// closing.
final class StoreConnection implements AutoCloseable {
    /// The TCP connection; TLS, where it is spoken, ends with it.
    private final Socket socket;
    private final Watchdog watchdog;
    private final DeadlineInputStream pace;
    private final InputStream in;
    private final OutputStream out;
    private long lastUsedNanos = System.nanoTime();
    private int places;
    private String storeNode = "";

    /// The mail's own octets could not be read: nothing was handed over, and no store is to blame.
    static final class ContentException extends IOException {
        private static final long serialVersionUID = 1L;

        ContentException(IOException cause) {
            super(cause);
        }
    }

    /// Tells how far a mail got.
    static final class Progress {
        private boolean complete;

        /// Whether its last octet may have left: only then can the store have kept it.
        boolean complete() {
            return complete;
        }
    }

    private StoreConnection(Socket socket, Socket stream, Watchdog watchdog) throws IOException {
        this.socket = socket;
        this.watchdog = watchdog;
        this.pace = new DeadlineInputStream(stream, 0);
        this.in = new BufferedInputStream(pace, 4096);
        this.out = new BufferedOutputStream(stream.getOutputStream(), 64 * 1024);
    }

    /// Connects and greets.
    static StoreConnection open(
            HostAndPort store,
            NamedHosts hosts,
            String node,
            Optional<MutualTls> tls,
            Watchdog watchdog,
            Deadline deadline)
            throws IOException {
        Socket socket = hosts.connect(store, deadline);
        try (Watchdog.Guard _ = watchdog.guard(socket, deadline)) {
            socket.setTcpNoDelay(true);
            Socket stream = tls.isPresent() ? tls.get().connect(socket, store.host(), deadline) : socket;
            StoreConnection connection = new StoreConnection(socket, stream, watchdog);
            connection.pace.until(deadline, false);
            new Hello(Hello.VERSION, Hello.VERSION, node).frame().write(connection.out);
            connection.out.flush();
            Hello answer = Hello.parse(Frame.read(connection.in));
            if (answer.lowest() != Hello.VERSION) {
                throw new ProtocolException("the store " + store + " speaks no version this front speaks");
            }
            connection.places = answer.places();
            connection.storeNode = answer.node();
            return connection;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /// How many mails at once the store wants from this front, as it last said; 0 where it did not.
    int places() {
        return places;
    }

    /// The name of the store's node.
    String storeNode() {
        return storeNode;
    }

    long idleNanos() {
        return System.nanoTime() - lastUsedNanos;
    }

    /// Hands a mail over and waits for the answer.
    HandoffResult handOver(Handoff handoff, Deadline deadline, Progress progress) throws IOException {
        try (Watchdog.Guard _ = watchdog.guard(socket, deadline)) {
            pace.until(deadline, false);
            long length = handoff.content().size();
            new MailFrame(
                            handoff.id(),
                            handoff.dedupKey(),
                            deadline.remaining(),
                            handoff.disposition(),
                            length,
                            handoff.envelope())
                    .frame()
                    .write(out);
            byte[] sha256 = sendBody(handoff, length);
            progress.complete = true;
            new Frame(Frame.TRAILER, sha256).write(out);
            out.flush();
            return result(Frame.read(in));
        } finally {
            lastUsedNanos = System.nanoTime();
        }
    }

    private byte[] sendBody(Handoff handoff, long length) throws IOException {
        MessageDigest digest = HandoffRequests.sha256();
        byte[] block = new byte[Math.clamp(length, 1, 64 * 1024)];
        long left = length;
        try (InputStream body = openBody(handoff)) {
            while (left > 0) {
                int n = readBody(body, block, (int) Math.min(block.length, left));
                digest.update(block, 0, n);
                out.write(block, 0, n);
                left -= n;
            }
        }
        return digest.digest();
    }

    private static InputStream openBody(Handoff handoff) throws ContentException {
        try {
            return handoff.content().newInputStream();
        } catch (IOException e) {
            throw new ContentException(e);
        }
    }

    private static int readBody(InputStream body, byte[] block, int length) throws ContentException {
        try {
            int n = body.read(block, 0, length);
            if (n < 0) {
                throw new IOException("the message is shorter than its size");
            }
            return n;
        } catch (IOException e) {
            throw new ContentException(e);
        }
    }

    private static HandoffResult result(Frame answer) throws IOException {
        DataInputStream data = answer.data();
        return switch (answer.type()) {
            case Frame.KEPT -> {
                boolean duplicate = data.readUnsignedByte() == 1;
                yield new HandoffResult.Accepted(EnvelopeCodec.readString(data), duplicate);
            }
            case Frame.TEMPORARY -> new HandoffResult.Refused(false, EnvelopeCodec.readString(data));
            case Frame.PERMANENT -> new HandoffResult.Refused(true, EnvelopeCodec.readString(data));
            case Frame.ERROR -> throw new ProtocolException("the store says: " + EnvelopeCodec.readString(data));
            default -> throw new ProtocolException("unknown answer " + (int) answer.type());
        };
    }

    SpoolStore.Status status(HandoffId id, Deadline deadline) throws IOException {
        return ask(Frame.of(Frame.STATUS, out -> EnvelopeCodec.writeString(out, id.toString())), deadline);
    }

    SpoolStore.Status abort(HandoffId id, Deadline deadline) throws IOException {
        return ask(Frame.of(Frame.ABORT, out -> EnvelopeCodec.writeString(out, id.toString())), deadline);
    }

    void proven(Collection<HandoffId> ids, Deadline deadline) throws IOException {
        SpoolStore.Status _ = ask(
                Frame.of(Frame.PROVEN, out -> {
                    out.writeInt(ids.size());
                    for (HandoffId id : ids) {
                        EnvelopeCodec.writeString(out, id.toString());
                    }
                }),
                deadline);
    }

    private SpoolStore.Status ask(Frame question, Deadline deadline) throws IOException {
        Frame answer = exchange(question, deadline);
        int value = answer.data().readUnsignedByte();
        if (answer.type() != Frame.ANSWER) {
            throw new ProtocolException("unknown answer " + (int) answer.type());
        }
        return SpoolStore.Status.of(value).orElseThrow(() -> new ProtocolException("unknown status " + value));
    }

    /// Whether the store takes mail in; what is wrong, where it does not.
    String ping(Deadline deadline) throws IOException {
        Frame answer = exchange(new Frame(Frame.PING, new byte[0]), deadline);
        if (answer.type() != Frame.PONG) {
            throw new ProtocolException("unknown answer " + (int) answer.type());
        }
        DataInputStream data = answer.data();
        boolean takes = data.readUnsignedByte() == 1;
        String detail = EnvelopeCodec.readString(data);
        if (data.available() >= 2) {
            places = data.readUnsignedShort();
        }
        return takes ? "" : detail.isEmpty() ? "the store takes no mail" : detail;
    }

    private Frame exchange(Frame question, Deadline deadline) throws IOException {
        try (Watchdog.Guard _ = watchdog.guard(socket, deadline)) {
            pace.until(deadline, false);
            question.write(out);
            out.flush();
            return Frame.read(in);
        } finally {
            lastUsedNanos = System.nanoTime();
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // Closed is closed.
        }
    }
}
