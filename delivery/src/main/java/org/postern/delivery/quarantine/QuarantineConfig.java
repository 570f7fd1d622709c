// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.quarantine;

import java.nio.file.Path;
import java.time.Duration;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// Settings of the quarantine.
@Doc("Where mail is kept that a filter wants set apart.")
public record QuarantineConfig(
        @Doc("The quarantine folder. Each mail is two files there: ID.eml, the message as it came, and ID.envelope, its"
                + " sender and recipients.")
        @Default("quarantine")
        Path folder,

        @Doc("How long mail stays there; 1h to 3650d.") @Default("30d")
        Duration keep) {
    public QuarantineConfig {
        if (keep.compareTo(Duration.ofHours(1)) < 0 || keep.compareTo(Duration.ofDays(3650)) > 0) {
            throw new IllegalArgumentException("keep is 1h to 3650d");
        }
    }

    /// The defaults, for a quarantine in this folder.
    public static QuarantineConfig in(Path folder) {
        return new QuarantineConfig(folder, Duration.ofDays(30));
    }
}
