// SPDX-License-Identifier: Apache-2.0
package org.postern.core.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postern.core.config.HostAndPort;
import org.postern.core.limits.ByteSize;

final class DnsConfigTest {
    @Test
    void defaults_areWhatTheReferenceSays() {
        assertThat(DnsConfig.defaults())
                .isEqualTo(new DnsConfig(
                        List.of(),
                        Duration.ofSeconds(8),
                        Duration.ofSeconds(2),
                        4,
                        500,
                        ByteSize.ofMiB(16),
                        Duration.ofHours(24),
                        Duration.ofHours(1),
                        Duration.ofSeconds(10)));
    }

    @Test
    void failureTtl_beyond30Seconds_isRefused() {
        DnsConfig d = DnsConfig.defaults();
        assertThatThrownBy(() -> new DnsConfig(
                        List.of(new HostAndPort("127.0.0.1", 53)),
                        d.timeout(),
                        d.tryTimeout(),
                        d.tries(),
                        d.maxQuestions(),
                        d.cacheSize(),
                        d.maxTtl(),
                        d.maxNegativeTtl(),
                        Duration.ofSeconds(31)))
                .hasMessageContaining("failure-ttl");
    }
}
