// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.rules;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.limits.ByteSize;

/// Settings of the rule engine.
public record RulesConfig(
        @Doc("A YAML file with rules of your own. Without it only the built-in rules run.")
        Optional<Path> file,

        @Doc("Whether the built-in rules run: a few spam phrases, the GTUBE line and the EICAR test file.")
        @Default("true")
        boolean builtIn,

        @Doc("How much decoded text of a mail body rules look at, 4KiB to 16MiB.") @Default("512KiB")
        ByteSize textMax,

        @Doc("How much decoded content of a mail, unpacked archives included, content rules look at, 64KiB to 256MiB.")
        @Default("32MiB")
        ByteSize contentMax,

        @Doc("How often the file is looked at for changes, 1s to 1h, or 0s for never. A file with mistakes changes"
                + " nothing.")
        @Default("10s")
        Duration reloadInterval) {
    /// The values of a configuration that says nothing.
    public static final RulesConfig DEFAULTS =
            new RulesConfig(Optional.empty(), true, ByteSize.ofKiB(512), ByteSize.ofMiB(32), Duration.ofSeconds(10));

    public RulesConfig {
        if (textMax.bytes() < 4 * 1024 || textMax.bytes() > 16L * 1024 * 1024) {
            throw new IllegalArgumentException("text-max must be 4KiB to 16MiB, not " + textMax);
        }
        if (contentMax.bytes() < 64 * 1024 || contentMax.bytes() > 256L * 1024 * 1024) {
            throw new IllegalArgumentException("content-max must be 64KiB to 256MiB, not " + contentMax);
        }
        if (!reloadInterval.isZero()
                && (reloadInterval.compareTo(Duration.ofSeconds(1)) < 0
                        || reloadInterval.compareTo(Duration.ofHours(1)) > 0)) {
            throw new IllegalArgumentException("reload-interval must be 0s, or 1s to 1h");
        }
    }
}
