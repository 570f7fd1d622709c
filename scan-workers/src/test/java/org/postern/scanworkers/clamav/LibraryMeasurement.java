// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.clamav;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.scanworkers.pool.BackendAddress;
import org.postern.testkit.Clamd;
import xyz.capybara.clamav.ClamavClient;

/// The figures of ADR 0020. Not run by default: `mvn test -pl scan-workers -am -Dtest=LibraryMeasurement`.
@Timeout(120)
class LibraryMeasurement {
    private interface Scan {
        void run(byte[] mail) throws Exception;
    }

    @Test
    void scansPerSecond() throws Exception {
        try (Clamd clamd = Clamd.start()) {
            ClamavClient library = new ClamavClient(clamd.address());
            BackendAddress tcp =
                    BackendAddress.parse("127.0.0.1:" + clamd.address().getPort());
            BackendAddress unix = BackendAddress.parse("unix:" + clamd.socketPath());
            for (int round = 0; round < 2; round++) {
                for (int size : List.of(4 * 1024, 64 * 1024, 1024 * 1024)) {
                    double byLibrary = rate(size, mail -> library.scan(new ByteArrayInputStream(mail)));
                    double byTcp = rate(size, mail -> own(tcp, mail));
                    double byUnix = rate(size, mail -> own(unix, mail));
                    System.out.println(String.format(
                            Locale.ROOT,
                            "%d octets: library %.0f/s, own TCP %.0f/s, own UNIX %.0f/s",
                            size,
                            byLibrary,
                            byTcp,
                            byUnix));
                }
            }
        }
    }

    @Test
    void memoryForAReplyThatNeverEnds() throws Exception {
        AtomicLong sent = new AtomicLong();
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> garbage(server, sent));
            ClamdCommands commands = new ClamdCommands(
                    BackendAddress.parse("127.0.0.1:" + server.getLocalPort()), Duration.ofSeconds(1));
            try {
                commands.version(Duration.ofMillis(500));
            } catch (IOException e) {
                System.out.println(
                        "after 500 ms the library had been sent " + sent.get() / 1_000_000 + " MB: " + e.getMessage());
            }
        }
    }

    private static void garbage(ServerSocket server, AtomicLong sent) {
        byte[] block = new byte[64 * 1024];
        Arrays.fill(block, (byte) 'g');
        try (Socket socket = server.accept()) {
            while (sent.get() < 200_000_000) {
                socket.getOutputStream().write(block);
                sent.addAndGet(block.length);
            }
        } catch (IOException e) {
            // the reader went away
            return;
        }
    }

    private static void own(BackendAddress address, byte[] mail) throws IOException {
        try (ClamdConnection connection = ClamdConnection.open(address, Duration.ofSeconds(5))) {
            connection.scan(new ByteArrayInputStream(mail));
        }
    }

    private static double rate(int size, Scan scan) throws Exception {
        int threads = 4;
        long start = System.nanoTime();
        long end = start + Duration.ofMillis(1_200).toNanos();
        AtomicLong count = new AtomicLong();
        CountDownLatch done = new CountDownLatch(threads);
        for (int t = 0; t < threads; t++) {
            Thread.ofVirtual().start(() -> {
                byte[] mail = new byte[size];
                Arrays.fill(mail, (byte) 'x');
                try {
                    while (System.nanoTime() < end) {
                        byte[] mark =
                                (count.incrementAndGet() + " " + System.nanoTime()).getBytes(StandardCharsets.US_ASCII);
                        System.arraycopy(mark, 0, mail, 0, mark.length);
                        scan.run(mail);
                    }
                } catch (Exception e) {
                    System.out.println(e);
                } finally {
                    done.countDown();
                }
            });
        }
        done.await();
        return count.get() * 1e9 / (System.nanoTime() - start);
    }
}
