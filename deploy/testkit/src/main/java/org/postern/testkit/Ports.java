// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/// Hands out free loopback ports for daemons that cannot choose one themselves.
///
/// The ports lie below Linux' range for outgoing connections (32768 and up), so no client socket takes one
/// between the look and the daemon's own bind. A port is handed out once in the life of the JVM.
public final class Ports {
    private static final int LOWEST = 20_000;
    private static final int HIGHEST = 32_000;
    private static final Set<Integer> TAKEN = new HashSet<>();
    private static final Random RANDOM = new Random();

    private Ports() {}

    /// A port nobody listened on a moment ago, with TCP or UDP.
    public static int free() {
        synchronized (TAKEN) {
            for (int attempt = 0; attempt < 1000; attempt++) {
                int port = RANDOM.nextInt(LOWEST, HIGHEST);
                if (!TAKEN.contains(port) && isFree(port)) {
                    TAKEN.add(port);
                    return port;
                }
            }
        }
        throw new AssertionError("no free port between " + LOWEST + " and " + HIGHEST + " after 1000 attempts");
    }

    private static boolean isFree(int port) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try (ServerSocket socket = new ServerSocket();
                DatagramSocket _ = new DatagramSocket(address)) {
            socket.bind(address);
            return true;
        } catch (IOException inUse) {
            return false;
        }
    }
}
