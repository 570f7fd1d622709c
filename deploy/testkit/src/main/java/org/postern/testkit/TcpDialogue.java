// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// The shortest dialogues that show a TCP service serves; every wait ends after ten seconds.
final class TcpDialogue {
    private static final int TIMEOUT_MILLIS = 10_000;

    private TcpDialogue() {}

    static boolean listens(InetSocketAddress address) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(address, TIMEOUT_MILLIS);
            return socket.isConnected();
        }
    }

    /// Reads the greeting and checks how it begins.
    static void expect(InetSocketAddress address, String beginning) throws IOException {
        String greeting = exchange(address, new byte[0], beginning.length());
        if (!greeting.equals(beginning)) {
            throw new IOException(address + " said \"" + greeting + "\" where \"" + beginning + "\" was expected");
        }
    }

    /// Sends the request and returns the reply's first octets, fewer where the peer closes.
    static String exchange(InetSocketAddress address, byte[] request, int octets) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(address, TIMEOUT_MILLIS);
            socket.getOutputStream().write(request);
            return new String(socket.getInputStream().readNBytes(octets), StandardCharsets.ISO_8859_1);
        }
    }
}
