// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.mail.Domain;

/// How clients are looked at.
@Doc("Looks at what a client calls itself and at its names in reverse DNS.")
public record ClientConfig(
        @Doc("Names that nobody outside has: host names and domains of this site. A client that calls itself by one of"
                + " them, or by this machine's name, gives HELO_IS_US.")
        @Default("[]")
        List<Domain> ourNames,

        @Doc("The longest all look-ups of a mail may take, 500ms to 60s; the mail's deadline may end them sooner.")
        @Default("5s")
        Duration timeout,

        @Doc("Scores that differ from the shipped ones, by symbol, for example RDNS_NONE: 1.") @Default("{}")
        Map<String, Double> scores) {
    public ClientConfig {
        ourNames = List.copyOf(ourNames);
        scores = Map.copyOf(scores);
        if (timeout.compareTo(Duration.ofMillis(500)) < 0 || timeout.compareTo(Duration.ofSeconds(60)) > 0) {
            throw new IllegalArgumentException("timeout must be 500ms to 60s, not " + timeout.toMillis() + "ms");
        }
        Symbols.SCORES.check(scores);
    }

    /// All settings as they are when nothing is written.
    public static ClientConfig defaults() {
        return new ClientConfig(List.of(), Duration.ofSeconds(5), Map.of());
    }
}
