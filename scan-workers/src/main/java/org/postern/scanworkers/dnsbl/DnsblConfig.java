// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.dnsbl;

import java.time.Duration;
import java.util.Map;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// Which lists are asked.
@Doc("Block lists and allow lists in DNS.")
public record DnsblConfig(
        @Doc("The lists by name; the finding of list zen is DNSBL_ZEN. None are asked unless they stand here.")
        @Default("{}")
        Map<String, ListConfig> lists,

        @Doc("The longest to wait for the lists of one mail, 500ms to 60s; the mail's deadline may end it sooner.")
        @Default("5s")
        Duration timeout,

        @Doc("How often the test points of each list are looked at, 10s to 24h.") @Default("5m")
        Duration probeInterval) {
    public DnsblConfig {
        lists = Map.copyOf(lists);
        if (timeout.compareTo(Duration.ofMillis(500)) < 0 || timeout.compareTo(Duration.ofSeconds(60)) > 0) {
            throw new IllegalArgumentException("timeout must be 500ms to 60s, not " + timeout.toMillis() + "ms");
        }
        if (probeInterval.compareTo(Duration.ofSeconds(10)) < 0 || probeInterval.compareTo(Duration.ofHours(24)) > 0) {
            throw new IllegalArgumentException(
                    "probe-interval must be 10s to 24h, not " + probeInterval.toMillis() + "ms");
        }
        for (String name : lists.keySet()) {
            if (!name.matches("[a-z0-9-]{1,40}")) {
                throw new IllegalArgumentException(
                        "a list's name is 1 to 40 of a-z, 0-9 and \"-\", not \"" + name + "\"");
            }
        }
        if (lists.size() > 50) {
            throw new IllegalArgumentException("at most 50 lists, not " + lists.size());
        }
    }
}
