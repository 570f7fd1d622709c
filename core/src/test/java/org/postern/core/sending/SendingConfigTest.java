// SPDX-License-Identifier: Apache-2.0
package org.postern.core.sending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.config.ConfigException;
import org.postern.core.config.ConfigFile;
import org.postern.core.config.HostAndPort;

class SendingConfigTest {
    @TempDir
    private Path folder;

    private SendingConfig read(String text) throws Exception {
        return ConfigFile.read(Files.writeString(folder.resolve("sending.yaml"), text), List.of(), SendingConfig.class);
    }

    @Test
    void defaults_areTheDocumentedOnes() throws Exception {
        assertThat(read("messages-per-hour: 1000\n")).isEqualTo(SendingConfig.DEFAULT);
    }

    @Test
    void everyKey_canBeSet() throws Exception {
        assertThat(read("""
                        messages-per-hour: 1
                        messages-per-day: 2
                        recipients-per-hour: 3
                        recipients-per-day: 0
                        shared:
                          address: redis.example.org:6379
                          tls: true
                          user: postern
                          password-file: redis.password
                          prefix: "farm1:"
                          connections: 4
                          timeout: 100ms
                          retry-after: 1s
                        habit:
                          hold: false
                          floor: 50
                          factor: 5
                          half-life: 1d
                          learn-for: 0s
                          hold-for: 1h
                          accounts: 1000
                        """))
                .isEqualTo(new SendingConfig(
                        1,
                        2,
                        3,
                        0,
                        Optional.of(new SharedCountersConfig(
                                new HostAndPort("redis.example.org", 6379),
                                true,
                                Optional.of("postern"),
                                Optional.of(folder.resolve("redis.password")),
                                "farm1:",
                                4,
                                Duration.ofMillis(100),
                                Duration.ofSeconds(1))),
                        new HabitConfig(false, 50, 5, Duration.ofDays(1), Duration.ZERO, Duration.ofHours(1), 1000)));
    }

    @Test
    void mistakes_areRefused() {
        for (String mistake : List.of(
                "messages-per-hour: -1\n",
                "shared: { timeout: 1s }\n",
                "shared: { address: 'a:1', timeout: 10s }\n",
                "shared: { address: 'a:1', connections: 0 }\n",
                "shared: { address: 'a:1', user: x }\n",
                "habit: { factor: 1 }\n",
                "habit: { hold-for: 1s }\n")) {
            assertThatExceptionOfType(ConfigException.class).as(mistake).isThrownBy(() -> read(mistake));
        }
    }
}
