// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.net;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.postern.core.limits.Deadline;

/// Reads from a socket until a deadline that the reader moves on from step to step, and asks for a minimum rate.
/// One thread uses it.
public final class DeadlineInputStream extends InputStream {
    private static final Duration RATE_WINDOW = Duration.ofSeconds(10);

    private final Socket socket;
    private final InputStream in;
    private final int rateMin;
    private final Duration window;
    private Deadline deadline = Deadline.in(Duration.ZERO);
    private long windowStart;
    private long windowOctets;
    private boolean paced;

    /// @param rateMin octets a second over 10 s; 0 for none
    public DeadlineInputStream(Socket socket, int rateMin) throws IOException {
        this(socket, rateMin, RATE_WINDOW);
    }

    DeadlineInputStream(Socket socket, int rateMin, Duration window) throws IOException {
        this.window = window;
        this.socket = socket;
        this.in = socket.getInputStream();
        this.rateMin = rateMin;
    }

    /// Sets the deadline for all reads from now on.
    ///
    /// @param pace whether the minimum rate counts
    public void until(Deadline newDeadline, boolean pace) {
        deadline = newDeadline;
        paced = pace && rateMin > 0;
        windowStart = System.nanoTime();
        windowOctets = 0;
    }

    @Override
    public int available() throws IOException {
        return in.available();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (true) {
            int millis = deadline.remainingMillis();
            if (paced) {
                millis = Math.min(millis, windowMillisLeft());
            }
            if (deadline.expired()) {
                throw new SocketTimeoutException("the deadline has passed");
            }
            socket.setSoTimeout(Math.max(1, millis));
            try {
                int n = in.read(target, offset, length);
                windowOctets += Math.max(0, n);
                return n;
            } catch (SocketTimeoutException e) {
                if (!paced || deadline.expired()) {
                    throw e;
                }
                // Only the window has ended: whether enough came in it is asked above.
            }
        }
    }

    /// How long this window may still last; starts the next one where enough came in this one.
    private int windowMillisLeft() throws SocketTimeoutException {
        long elapsed = System.nanoTime() - windowStart;
        if (elapsed >= window.toNanos()) {
            if (windowOctets < Math.max(1, rateMin * window.toMillis() / 1000)) {
                throw new SocketTimeoutException("the peer is slower than " + rateMin + " octets a second");
            }
            windowStart = System.nanoTime();
            windowOctets = 0;
            elapsed = 0;
        }
        return (int) TimeUnit.NANOSECONDS.toMillis(window.toNanos() - elapsed) + 1;
    }
}
