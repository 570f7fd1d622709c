// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.postern.scanworkers.pool.BackendAddress;
import org.postern.scanworkers.pool.BackendChannel;
import org.postern.scanworkers.pool.MailStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection to a clamd for one command. clamd(8).
///
/// Used by one thread; another one may only close it, which ends every wait, and say something in a session.
final class ClamdConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClamdConnection.class);
    private static final int REPLY_MAX = 4 * 1024;
    private static final int CHUNK = 64 * 1024;
    private static final byte[] INSTREAM = "zINSTREAM\0".getBytes(StandardCharsets.US_ASCII);
    private static final Duration LATE_REPLY = Duration.ofSeconds(2);

    private final BackendChannel channel;
    private final ByteBuffer reply = ByteBuffer.allocate(REPLY_MAX);
    private volatile boolean sending = true;

    private ClamdConnection(BackendChannel channel) {
        this.channel = channel;
    }

    /// Connects. Throws `IOException` when that does not succeed in time.
    static ClamdConnection open(BackendAddress address, Duration timeout) throws IOException {
        return new ClamdConnection(BackendChannel.open(address, timeout));
    }

    /// Closes the connection after `time`, unless the limit is closed before.
    BackendChannel.TimeLimit closeIn(Duration time) {
        return channel.closeIn(time);
    }

    /// As below, with a stream of any size.
    ClamdReply scan(InputStream content) throws IOException {
        return scan(content, CHUNK);
    }

    /// Sends a stream and returns what clamd says of it. Small streams go out in one write.
    ///
    /// @param size octets of the stream, as a hint: how much room is needed
    ClamdReply scan(InputStream content, long size) throws IOException {
        try {
            if (!send(content, size)) {
                return earlyReply();
            }
        } catch (MailStream.UnreadableException e) {
            throw e;
        } catch (IOException e) {
            return lateReply(e);
        }
        sending = false;
        return readReply();
    }

    /// Sends a command such as `PING` and returns the reply.
    String command(String name) throws IOException {
        send(name);
        sending = false;
        byte[] octets = new byte[read().length];
        reply.get(0, octets);
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    /// Sends a command; the reply is left to [#awaitEnd].
    void send(String name) throws IOException {
        channel.write(ByteBuffer.wrap(("z" + name + "\0").getBytes(StandardCharsets.US_ASCII)));
    }

    /// Waits until clamd hangs up, or the connection is closed here; what it says until then is dropped.
    void awaitEnd() {
        try {
            while (channel.read(reply.clear()) >= 0) {
                // nothing was asked
            }
        } catch (IOException e) {
            LOG.debug("a connection to clamd ended", e);
        }
    }

    /// Closes the connection if clamd has not been given all of the mail yet: it then scans nothing.
    void closeIfSending() {
        if (sending) {
            close();
        }
    }

    /// Sends the stream; false when clamd spoke before it had all of it, which is no answer to the whole.
    private boolean send(InputStream content, long size) throws IOException {
        // One octet more than a small mail has: a chunk that is not full is the last one.
        int chunk = (int) Math.min(size + 1, CHUNK);
        byte[] octets = new byte[INSTREAM.length + 4 + chunk + 4];
        ByteBuffer buffer = ByteBuffer.wrap(octets);
        buffer.put(INSTREAM);
        boolean more = true;
        boolean first = true;
        while (more) {
            int header = buffer.position();
            int n = content.readNBytes(octets, header + 4, chunk);
            buffer.position(header + 4 + n);
            if (n > 0) {
                buffer.putInt(header, n);
            } else {
                buffer.position(header);
            }
            more = n == chunk;
            if (!more) {
                buffer.putInt(0); // a chunk of length zero ends the stream
            }
            buffer.flip();
            if (!first && channel.readNow(reply) != 0) {
                return false;
            }
            first = false;
            channel.write(buffer);
            buffer.clear();
        }
        return true;
    }

    /// clamd hung up while it was sent the mail, and why can still be read.
    private ClamdReply lateReply(IOException failure) throws IOException {
        if (!channel.isOpen()) {
            throw failure;
        }
        try {
            return earlyReply();
        } catch (IOException e) {
            failure.addSuppressed(e);
            throw failure;
        }
    }

    /// An answer to a mail that was not sent to its end: that can say that it is too large, or that something was
    /// found, but not that it is clean.
    private ClamdReply earlyReply() throws IOException {
        try (BackendChannel.TimeLimit _ = channel.closeIn(LATE_REPLY)) {
            ClamdReply early = readReply();
            return early instanceof ClamdReply.Clean
                    ? new ClamdReply.Failed("answered OK before it had all of the mail")
                    : early;
        }
    }

    private ClamdReply readReply() throws IOException {
        Read read = read();
        byte[] octets = new byte[read.length];
        reply.get(0, octets);
        return read.length == REPLY_MAX
                ? new ClamdReply.Failed("reply longer than " + REPLY_MAX + " octets")
                : ClamdReply.parse(octets, read.length, read.ended);
    }

    private record Read(int length, boolean ended) {}

    /// Reads up to NUL, LF or the end of the stream: clamd ends time-outs with LF even where NUL was agreed.
    private Read read() throws IOException {
        int from = 0;
        while (true) {
            for (; from < reply.position(); from++) {
                if (reply.get(from) == 0 || reply.get(from) == '\n') {
                    return new Read(from, true);
                }
            }
            if (!reply.hasRemaining()) {
                return new Read(REPLY_MAX, false);
            }
            if (channel.read(reply) < 0) {
                return new Read(from, false);
            }
        }
    }

    @Override
    public void close() {
        channel.close();
    }
}
