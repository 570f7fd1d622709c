// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// A connection to a backend, over TCP or a UNIX socket.
///
/// Used by one thread; any other may only close it, which ends every wait. Time limits work that way: see [#closeIn].
public final class BackendChannel implements AutoCloseable {
    // One daemon thread for the process; a task per running exchange, removed when the exchange ends.
    private static final ScheduledThreadPoolExecutor TIMER = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("backend-closer").factory());

    static {
        TIMER.setRemoveOnCancelPolicy(true);
    }

    private static final int FIRST_ROOM = 8 * 1024;

    private final SocketChannel channel;

    private BackendChannel(SocketChannel channel) {
        this.channel = channel;
    }

    /// Connects. Throws `IOException` when that does not succeed in time.
    public static BackendChannel open(BackendAddress address, Duration timeout) throws IOException {
        SocketChannel socket = address.open();
        BackendChannel connection = new BackendChannel(socket);
        try (TimeLimit _ = connection.closeIn(timeout)) {
            socket.connect(address.resolve());
            return connection;
        } catch (AsynchronousCloseException e) {
            throw new SocketTimeoutException("no connection within " + timeout.toMillis() + " ms");
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e instanceof IOException io ? io : new IOException(e);
        }
    }

    /// Closes the connection after `time`, unless the limit is closed before.
    public TimeLimit closeIn(Duration time) {
        Future<?> task = TIMER.schedule(this::close, Math.max(1, time.toMillis()), TimeUnit.MILLISECONDS);
        return () -> task.cancel(false);
    }

    /// A limit that can be lifted.
    @FunctionalInterface
    public interface TimeLimit extends AutoCloseable {
        @Override
        void close();
    }

    /// Writes all of the buffer.
    public void write(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /// Reads some octets; -1 at the end.
    public int read(ByteBuffer buffer) throws IOException {
        return channel.read(buffer);
    }

    /// Reads what is there already, without waiting: 0 where the backend has not spoken yet, -1 where it hung up.
    public int readNow(ByteBuffer buffer) throws IOException {
        channel.configureBlocking(false);
        try {
            return channel.read(buffer);
        } finally {
            channel.configureBlocking(true);
        }
    }

    /// Tells the backend that nothing more is sent.
    public void endOutput() throws IOException {
        channel.shutdownOutput();
    }

    /// Reads to the end of the stream.
    ///
    /// @throws IOException also when there is more than `max` octets
    public byte[] readAll(int max) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(Math.min(max + 1, FIRST_ROOM));
        while (buffer.position() <= max) {
            if (!buffer.hasRemaining()) {
                ByteBuffer larger = ByteBuffer.allocate(Math.min(max + 1, 2 * buffer.capacity()));
                buffer = larger.put(buffer.flip());
            }
            if (read(buffer) < 0) {
                return Arrays.copyOf(buffer.array(), buffer.position());
            }
        }
        throw new IOException("reply longer than " + max + " octets");
    }

    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // nothing is left to be done with it
            return;
        }
    }
}
