// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.spamd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.ConfigException;
import org.postern.core.config.ConfigFile;
import org.postern.core.filter.Filter;
import org.postern.core.filter.FilterFactory.Surroundings;
import org.postern.core.filter.FilterResult;
import org.postern.core.limits.Deadline;
import org.postern.scanworkers.Mails;
import org.postern.scanworkers.TestPatterns;

/// A spamd that misses one of its two canaries, which a real one cannot be made to do.
@Timeout(60)
class CanaryTest {
    @TempDir
    private Path folder;

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
                                .write(("SPAMD/1.5 0 EX_OK\r\nContent-length: 4\r\nSpam: " + (score > 5) + " ; " + score
                                                + " / 5.0\r\n\r\n" + (score > 5 ? "ONE " : "TWO "))
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

    private Filter.FilterStatus statusWith(String canaries, FakeSpamd spamd) throws Exception {
        Files.writeString(folder.resolve("bad.eml"), "Subject: bad\r\n\r\n" + TestPatterns.gtube() + "\r\n");
        Files.writeString(folder.resolve("good.eml"), "Subject: good\r\n\r\nhello\r\n");
        SpamdConfig config = ConfigFile.parse(
                "postern.yaml",
                folder,
                "{ backends: [\"127.0.0.1:" + spamd.server.getLocalPort() + "\"], canaries: " + canaries + " }",
                List.of(),
                SpamdConfig.class);
        try (Filter filter =
                new SpamdFilterFactory().create(config, new Surroundings(folder, folder, new SimpleMeterRegistry()))) {
            return filter.status(Deadline.in(Duration.ofSeconds(30)));
        }
    }

    @Test
    void backend_thatJudgesTheSitesOwnSamplesOtherwise_isNotUsed() throws Exception {
        try (FakeSpamd spamd = new FakeSpamd(1000, 0.1)) {
            assertThat(statusWith("[{ file: bad.eml, expect: ONE }, { file: good.eml, expect: TWO }]", spamd)
                            .usable())
                    .isTrue();
            assertThat(statusWith("[{ file: good.eml }]", spamd).usable()).isTrue();
            Filter.FilterStatus missed = statusWith("[{ file: good.eml, expect: ONE }]", spamd);
            assertThat(missed.usable()).isFalse();
            assertThat(missed.description()).contains("good.eml", "not ONE");
            Filter.FilterStatus refused = statusWith("[{ file: bad.eml }]", spamd);
            assertThat(refused.usable()).isFalse();
            assertThat(refused.description()).contains("bad.eml", "not clean");
        }
    }

    @Test
    void samples_thatCannotBeRead_areNamedAtStart() throws Exception {
        try (FakeSpamd spamd = new FakeSpamd(1000, 0.1)) {
            assertThatThrownBy(() -> statusWith("[{ file: missing.eml }]", spamd))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("missing.eml");
            Files.write(folder.resolve("large.eml"), new byte[1024 * 1024 + 1]);
            assertThatThrownBy(() -> statusWith("[{ file: large.eml }]", spamd))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("larger than 1MiB");
            assertThatThrownBy(() -> statusWith("[{ file: good.eml, expect: 'a b' }]", spamd))
                    .hasMessageContaining("expect");
        }
    }
}
