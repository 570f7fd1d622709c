// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.postern.core.config.ConfigFile;
import org.postern.core.limits.ByteSize;
import org.postern.scanworkers.clamav.ClamavConfig;
import org.postern.scanworkers.clamav.ReloadConfig;
import org.postern.scanworkers.rspamd.RspamdConfig;
import org.postern.scanworkers.spamd.SpamdConfig;

/// The settings of all engines that are asked through a pool.
class EngineConfigsTest {
    private static <C extends Record> C read(String yaml, Class<C> type) {
        return ConfigFile.parse("postern.yaml", Path.of("/x"), yaml, List.of(), type);
    }

    @Test
    void settings_whenNothingIsWritten_areTheDefaults() {
        assertThat(read("{}", ClamavConfig.class)).isEqualTo(ClamavConfig.of("127.0.0.1:3310"));
        assertThat(read("{}", SpamdConfig.class)).isEqualTo(SpamdConfig.of("127.0.0.1:783"));
        assertThat(read("{}", RspamdConfig.class)).isEqualTo(RspamdConfig.of("127.0.0.1:11333"));
        assertThat(ClamavConfig.of("127.0.0.1:3310"))
                .isEqualTo(new ClamavConfig(
                        List.of("127.0.0.1:3310"),
                        10,
                        1_000,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(2),
                        ByteSize.ofMiB(25),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(3),
                        Duration.ofDays(3),
                        new ReloadConfig(
                                Optional.empty(),
                                Duration.ofMinutes(3),
                                Duration.ofMinutes(10),
                                Duration.ofSeconds(30)),
                        List.of()));
        assertThat(SpamdConfig.of("127.0.0.1:783"))
                .isEqualTo(new SpamdConfig(
                        List.of("127.0.0.1:783"),
                        5,
                        1_000,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(20),
                        Duration.ofMinutes(5),
                        ByteSize.ofMiB(1),
                        -10,
                        50,
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(10),
                        List.of()));
        assertThat(RspamdConfig.of("127.0.0.1:11333"))
                .isEqualTo(new RspamdConfig(
                        List.of("127.0.0.1:11333"),
                        20,
                        1_000,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(8),
                        Duration.ofMinutes(1),
                        ByteSize.ofMiB(20),
                        -10,
                        50,
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(10),
                        List.of()));
    }

    private static final String ALL = """
            backends: ["10.0.0.1:1", "unix:/run/a"]
            max-connections: 2
            max-waiting: 3
            connect-timeout: 4s
            scan-timeout: 5s
            abandon-timeout: 6s
            max-size: 7MiB
            probe-interval: 8s
            probe-timeout: 9s
            canaries: [{ file: a.eml, expect: NAME }, { file: /b.eml }]
            """;
    private static final List<String> BACKENDS = List.of("10.0.0.1:1", "unix:/run/a");
    private static final List<CanaryConfig> CANARIES =
            List.of(new CanaryConfig(Path.of("/x/a.eml"), "NAME"), new CanaryConfig(Path.of("/b.eml"), "clean"));

    private static Duration seconds(int number) {
        return Duration.ofSeconds(number);
    }

    @Test
    void settings_canAllBeSet() {
        String clamav = ALL + "probe-backoff-max: 10s\nsignatures-age-max: 11h\n"
                + "reload: { every: 12m, drain-timeout: 13s, load-timeout: 14s, settle: 15s }\n";
        assertThat(read(clamav, ClamavConfig.class))
                .isEqualTo(new ClamavConfig(
                        BACKENDS,
                        2,
                        3,
                        seconds(4),
                        seconds(5),
                        seconds(6),
                        ByteSize.ofMiB(7),
                        seconds(8),
                        seconds(9),
                        seconds(10),
                        Duration.ofHours(11),
                        new ReloadConfig(Optional.of(Duration.ofMinutes(12)), seconds(13), seconds(14), seconds(15)),
                        CANARIES));
        String scores = ALL + "lowest-score: -1\nhighest-score: 2\n";
        assertThat(read(scores, SpamdConfig.class))
                .isEqualTo(new SpamdConfig(
                        BACKENDS,
                        2,
                        3,
                        seconds(4),
                        seconds(5),
                        seconds(6),
                        ByteSize.ofMiB(7),
                        -1,
                        2,
                        seconds(8),
                        seconds(9),
                        CANARIES));
        assertThat(read(scores + "task-timeout: 3s\n", RspamdConfig.class))
                .isEqualTo(new RspamdConfig(
                        BACKENDS,
                        2,
                        3,
                        seconds(4),
                        seconds(5),
                        seconds(3),
                        seconds(6),
                        ByteSize.ofMiB(7),
                        -1,
                        2,
                        seconds(8),
                        seconds(9),
                        CANARIES));
    }

    @Test
    void settings_thatCannotBe_areRefused() {
        for (String wrong : List.of(
                "backends: []",
                "backends: ['127.0.0.1:1', '127.0.0.1:1']",
                "backends: ['unix:relative']",
                "max-connections: 0",
                "max-waiting: -1",
                "connect-timeout: 1ms",
                "scan-timeout: 1ms",
                "abandon-timeout: 2h",
                "max-size: 1B",
                "probe-interval: 1ms",
                "probe-timeout: 2m",
                "canaries: [{}]",
                "canaries: [{ file: a, expect: '' }]")) {
            for (var type : List.of(ClamavConfig.class, SpamdConfig.class, RspamdConfig.class)) {
                assertThatThrownBy(() -> read(wrong, type))
                        .as(type.getSimpleName() + " " + wrong)
                        .hasMessageContaining("postern.yaml");
            }
        }
        for (String wrong : List.of("lowest-score: 1", "highest-score: -1", "highest-score: .nan")) {
            assertThatThrownBy(() -> read(wrong, SpamdConfig.class)).hasMessageContaining("postern.yaml");
            assertThatThrownBy(() -> read(wrong, RspamdConfig.class)).hasMessageContaining("postern.yaml");
        }
        assertThatThrownBy(() -> read("task-timeout: 1ms", RspamdConfig.class)).hasMessageContaining("postern.yaml");
    }
}
