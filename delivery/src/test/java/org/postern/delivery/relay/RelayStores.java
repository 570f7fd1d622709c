// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.relay;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.postern.core.dns.DnsResolver;
import org.postern.delivery.RunningStore;
import org.postern.delivery.schedule.DeliveryConfig;
import org.postern.delivery.smtp.SmtpTimeouts;

/// Stores that send to hosts of the test.
final class RelayStores {
    private static final Duration RETRY = Duration.ofMillis(50);

    private RelayStores() {}

    /// @param port of all hosts
    /// @param patience with each answer
    static RunningStore of(Path folder, DnsResolver dns, int port, Duration patience) {
        return of(folder, dns, port, patience, RETRY);
    }

    /// @param retry how long after a failure it is tried again, and a quarter of how long at most
    static RunningStore of(Path folder, DnsResolver dns, int port, Duration patience, Duration retry) {
        return of(folder, dns, port, patience, retry, InstantSource.system());
    }

    static RunningStore of(
            Path folder, DnsResolver dns, int port, Duration patience, Duration retry, InstantSource clock) {
        return new RunningStore(
                folder,
                dns,
                config -> config.delivering(DeliveryConfig.defaults().retrying(retry, retry.multipliedBy(4)))
                        .sending(Optional.empty(), RelayConfig.defaults().reaching(port, SmtpTimeouts.all(patience))),
                clock);
    }
}
