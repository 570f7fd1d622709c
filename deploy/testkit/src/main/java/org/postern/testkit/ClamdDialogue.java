// SPDX-License-Identifier: Apache-2.0
package org.postern.testkit;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// The least a client must speak to know that clamd works: one command and one scan, each on its own connection.
final class ClamdDialogue {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int LONGEST_REPLY = 65_536;

    private ClamdDialogue() {}

    static String command(InetSocketAddress address, String command) throws IOException {
        try (Socket socket = connect(address)) {
            socket.getOutputStream().write(("z" + command + "\0").getBytes(StandardCharsets.US_ASCII));
            return reply(socket);
        }
    }

    static String scan(InetSocketAddress address, byte[] content) throws IOException {
        try (Socket socket = connect(address);
                DataOutputStream out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()))) {
            out.write("zINSTREAM\0".getBytes(StandardCharsets.US_ASCII));
            out.writeInt(content.length);
            out.write(content);
            if (content.length > 0) {
                out.writeInt(0);
            }
            out.flush();
            return reply(socket);
        }
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(address, TIMEOUT_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static String reply(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream reply = new ByteArrayOutputStream();
        for (int octet = in.read(); octet > 0 && octet != '\n' && reply.size() < LONGEST_REPLY; octet = in.read()) {
            reply.write(octet);
        }
        return reply.toString(StandardCharsets.ISO_8859_1);
    }
}
