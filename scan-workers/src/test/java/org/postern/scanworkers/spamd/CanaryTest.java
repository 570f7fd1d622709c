// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.spamd;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory.Surroundings;
import org.postern.core.filter.FilterResult;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.Mails;
import org.postern.scanworkers.TestPatterns;

/// A spamd that misses one of its two canaries, which a real one cannot be made to do.
@Timeout(60)
class CanaryTest {
    /// Answers with one score to the GTUBE line and with another to everything else.
    private static final class FakeSpamd implements AutoCloseable {
        private final ServerSocket server;
        private final double gtube;
        private final double clean;

        FakeSpamd(double gtube, double clean) throws IOException {
            this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            this.gtube = gtube;
            this.clean = clean;
            Thread.ofVirtual().start(this::run);
        }

        private void run() {
            try {
                while (true) {
                    try (Socket socket = server.accept()) {
                        String request =
                                new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                        double score = request.contains(TestPatterns.gtube()) ? gtube : clean;
                        socket.getOutputStream()
                                .write(("SPAMD/1.5 0 EX_OK\r\nContent-length: 0\r\nSpam: True ; " + score
                                                + " / 5.0\r\n\r\n")
                                        .getBytes(StandardCharsets.US_ASCII));
                    }
                }
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private static void check(double gtube, double clean, boolean used, String said) throws Exception {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (FakeSpamd spamd = new FakeSpamd(gtube, clean);
                Filter filter = new SpamdFilterFactory()
                        .create(
                                SpamdConfig.of("127.0.0.1:" + spamd.server.getLocalPort()),
                                new Surroundings(Path.of("."), Path.of("."), meters))) {
            Filter.FilterStatus status = filter.status(Deadline.in(Duration.ofSeconds(30)));
            assertThat(status.usable()).isEqualTo(used);
            assertThat(status.description()).contains(said);
            assertThat(filter.health().description()).contains(said);
            FilterResult result = filter.scan(Mails.simple(), Deadline.in(Duration.ofSeconds(30)));
            assertThat(result).isInstanceOf(used ? FilterResult.Findings.class : FilterResult.NoVerdict.class);
            while (meters.find("postern.backend.probes").counters().isEmpty()) {
                Thread.sleep(10);
            }
            assertThat(meters.find("postern.backend.probes")
                            .tag("result", used ? "up" : "dead")
                            .counters())
                    .isNotEmpty();
        }
    }

    @Test
    void backend_thatPassesBoth_isUsed() throws Exception {
        check(1000, 0.1, true, "finds the GTUBE line and lets a clean mail pass");
    }

    @Test
    void backend_thatMissesGtube_isNotUsed() throws Exception {
        check(3, 0.1, false, "does not find the GTUBE line");
    }

    @Test
    void backend_thatFindsSpamEverywhere_isNotUsed() throws Exception {
        check(1000, 1000, false, "a clean mail is spam to it");
    }
}
