// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What a server costs that does nothing: how soon it greets after its start, and what idle sessions take.
final class Footprint {
    /// Ten thousand, or as many as two descriptors for each leave room for.
    private static final int SESSIONS = Math.clamp((descriptors() - 4_000) / 2, 100, 10_000);

    private static final int STARTS = 3;
    private static final Duration START_MAX = Duration.ofSeconds(30);
    private static final int TIMEOUT_MILLIS = 60_000;

    private Footprint() {}

    private static long descriptors() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getMaxFileDescriptorCount();
    }

    /// @param postern the `postern` command
    /// @return a section of the report
    static String measure(Path postern) throws IOException {
        PosternSite site = PosternSite.init(postern, Optional.empty());
        try {
            List<Long> starts = new ArrayList<>();
            for (int i = 0; i < STARTS; i++) {
                starts.add(start(site));
            }
            Spread start = Spread.of(starts, nanos -> nanos / 1e6);
            Process process = PosternPeer.start(
                    site,
                    List.of(
                            "farms.mx.limits.connections=" + (SESSIONS + 100),
                            "farms.mx.limits.connections-per-address=" + (SESSIONS + 100),
                            "farms.submission.limits.connections=100"));
            try {
                return String.format(
                                Locale.ROOT,
                                "## At rest%n%nFrom the start of the process `postern all-in-one` to its first 220: %.0f ms"
                                        + " (%.0f–%.0f in %d starts).%n%n",
                                start.median(),
                                start.lowest(),
                                start.highest(),
                                STARTS)
                        + idle(process, PosternPeer.local(site.smtpPort()));
            } finally {
                Processes.stop(process);
            }
        } finally {
            Processes.remove(site.folder());
        }
    }

    private static long start(PosternSite site) throws IOException {
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(site.command())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            while (System.nanoTime() - begin < START_MAX.toNanos()) {
                try (Socket socket = new Socket()) {
                    socket.setSoTimeout(TIMEOUT_MILLIS);
                    socket.connect(PosternPeer.local(site.smtpPort()), TIMEOUT_MILLIS);
                    if (socket.getInputStream().read() == '2') {
                        return System.nanoTime() - begin;
                    }
                } catch (IOException e) {
                    pause();
                }
            }
            throw new SocketTimeoutException("no 220 within " + START_MAX);
        } finally {
            Processes.stop(process);
        }
    }

    /// Asking again and again without a pause would take a processor from the server that starts.
    private static void pause() throws IOException {
        try {
            Thread.sleep(2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static String idle(Process process, InetSocketAddress address) throws IOException {
        // The first sessions load what all of them need.
        close(open(address, 100));
        long before = Processes.resident(process).orElseThrow();
        List<Socket> sessions = open(address, SESSIONS);
        try {
            long after = Processes.resident(process).orElseThrow();
            long begin = System.nanoTime();
            for (Socket session : sessions) {
                session.getOutputStream().write("NOOP\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            for (Socket session : sessions) {
                expect(session, "250");
            }
            double woken = (System.nanoTime() - begin) / 1e9;
            return String.format(
                    Locale.ROOT,
                    "%d idle sessions after EHLO: %.1f KB each of resident memory (%.0f MB before, %.0f MB after). All"
                            + " of them woken at once with NOOP: the last has its answer after %.2f s.%n%n",
                    SESSIONS,
                    (after - before) / 1e3 / SESSIONS,
                    before / 1e6,
                    after / 1e6,
                    woken);
        } finally {
            close(sessions);
        }
    }

    private static List<Socket> open(InetSocketAddress address, int count) throws IOException {
        List<Socket> sessions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Socket socket = new Socket();
            sessions.add(socket);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(address, TIMEOUT_MILLIS);
            expect(socket, "220");
            socket.getOutputStream().write("EHLO bench.example.org\r\n".getBytes(StandardCharsets.US_ASCII));
            expect(socket, "250");
        }
        return sessions;
    }

    /// Reads one reply whole.
    private static void expect(Socket socket, String code) throws IOException {
        byte[] block = new byte[2000];
        StringBuilder reply = new StringBuilder();
        while (!reply.toString().matches("(?s)(.*\n)?\\d{3} [^\n]*\n")) {
            int n = socket.getInputStream().read(block);
            if (n < 0) {
                throw new IOException("the server hung up after: " + reply);
            }
            reply.append(new String(block, 0, n, StandardCharsets.US_ASCII));
        }
        if (!reply.toString().startsWith(code)) {
            throw new IOException("not " + code + ": " + reply);
        }
    }

    private static void close(List<Socket> sessions) throws IOException {
        for (Socket session : sessions) {
            session.close();
        }
    }
}
