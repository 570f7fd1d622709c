// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import org.postern.core.config.HostAndPort;

/// Stands between a front and a store and cuts the first connections after a number of octets in one direction.
final class CuttingProxy implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final HostAndPort target;
    private final long cutUp;
    private final long cutDown;
    private final AtomicInteger cutsLeft;

    /// @param cutUp octets from front to store after which a connection is cut; Long.MAX_VALUE for never
    /// @param cutDown octets from store to front
    /// @param cuts how many connections are cut
    CuttingProxy(HostAndPort target, long cutUp, long cutDown, int cuts) throws IOException {
        this.target = target;
        this.cutUp = cutUp;
        this.cutDown = cutDown;
        this.cutsLeft = new AtomicInteger(cuts);
        Thread.ofPlatform().daemon().start(this::accept);
    }

    HostAndPort address() {
        return new HostAndPort("127.0.0.1", server.getLocalPort());
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket front = server.accept();
                Socket store = new Socket(target.host(), target.port());
                boolean cut = cutsLeft.getAndDecrement() > 0;
                pump(front, store, cut ? cutUp : Long.MAX_VALUE);
                pump(store, front, cut ? cutDown : Long.MAX_VALUE);
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    private static void pump(Socket from, Socket to, long cutAfter) {
        Thread.ofVirtual().start(() -> {
            try (from;
                    to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                byte[] block = new byte[8192];
                long left = cutAfter;
                while (left > 0) {
                    int n = in.read(block, 0, (int) Math.min(block.length, left));
                    if (n < 0) {
                        return;
                    }
                    out.write(block, 0, n);
                    out.flush();
                    left -= n;
                }
            } catch (IOException e) {
                // Cut is cut.
            }
        });
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
