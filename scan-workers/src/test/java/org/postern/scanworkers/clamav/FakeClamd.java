// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.postern.scanworkers.TestPatterns;

/// A server that speaks clamd's protocol and does to mails what a test tells it; probes are answered well unless
/// `healthy` is false.
final class FakeClamd implements AutoCloseable {
    /// Reads the mail, or not, and answers, or not.
    interface Behaviour {
        void mail(Socket socket, DataInputStream in, OutputStream out) throws IOException, InterruptedException;
    }

    static final String MARK = "X-Test-Mail";

    private final ServerSocket server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    final AtomicInteger mails = new AtomicInteger();
    final AtomicInteger mailsNow = new AtomicInteger();
    volatile boolean healthy = true;
    volatile Behaviour behaviour;

    FakeClamd(Behaviour behaviour) throws IOException {
        this.behaviour = behaviour;
        Thread.ofVirtual().start(this::accept);
    }

    /// Reads the whole mail and answers with these octets, end mark included.
    static Behaviour replying(String reply) {
        return (socket, in, out) -> {
            readChunks(in, Long.MAX_VALUE);
            out.write(reply.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        };
    }

    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            String command = readCommand(in);
            switch (command) {
                case "PING" -> reply(out, "PONG");
                case "VERSION" -> reply(out, "ClamAV 0.0.0/fake");
                case "VERSIONCOMMANDS" -> reply(out, "ClamAV 0.0.0/fake| COMMANDS: PING VERSION RELOAD STATS INSTREAM");
                case "RELOAD" -> reply(out, "RELOADING");
                case "STATS" -> reply(out, "POOLS: 1");
                case "IDSESSION" -> session(in, out);
                case "INSTREAM" -> instream(socket, in, out);
                default -> reply(out, "UNKNOWN COMMAND");
            }
        } catch (IOException | InterruptedException e) {
            // the test closed it
        } finally {
            open.remove(socket);
        }
    }

    /// Answers every PING until somebody hangs up.
    private static void session(DataInputStream in, OutputStream out) throws IOException {
        for (int number = 1; readCommand(in).equals("PING"); number++) {
            reply(out, number + ": PONG");
        }
    }

    private void instream(Socket socket, DataInputStream in, OutputStream out)
            throws IOException, InterruptedException {
        in.mark(0);
        int length = in.readInt();
        byte[] first = in.readNBytes(Math.min(length, 20));
        if (new String(first, StandardCharsets.ISO_8859_1).startsWith(MARK)) {
            in.skipNBytes(length - first.length);
            mails.incrementAndGet();
            mailsNow.incrementAndGet();
            try {
                behaviour.mail(socket, in, out);
            } finally {
                mailsNow.decrementAndGet();
            }
            return;
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(first);
        all.write(in.readNBytes(length - first.length));
        all.write(readChunks(in, Long.MAX_VALUE));
        String text = all.toString(StandardCharsets.ISO_8859_1);
        String eicar = TestPatterns.eicar();
        boolean bad = text.contains(eicar)
                || text.contains(Base64.getEncoder()
                        .encodeToString(eicar.getBytes(StandardCharsets.US_ASCII))
                        .substring(0, 60));
        if (healthy) {
            reply(out, bad ? "stream: Eicar FOUND" : "stream: OK");
        } else {
            Thread.sleep(60_000);
        }
    }

    static byte[] readChunks(DataInputStream in, long max) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (all.size() < max) {
            int length = in.readInt();
            if (length == 0) {
                break;
            }
            all.write(in.readNBytes(length));
        }
        return all.toByteArray();
    }

    private static String readCommand(DataInputStream in) throws IOException {
        StringBuilder command = new StringBuilder();
        in.readByte(); // z or n
        for (int c = in.read(); c > 0 && c != '\n'; c = in.read()) {
            command.append((char) c);
        }
        return command.toString();
    }

    private static void reply(OutputStream out, String text) throws IOException {
        out.write((text + "\0").getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
