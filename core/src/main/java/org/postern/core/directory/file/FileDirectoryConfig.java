// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.file;

import java.nio.file.Path;
import java.time.Duration;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// Settings of the file directory.
@Doc("The directory in a file.")
public record FileDirectoryConfig(
        @Doc("The file with domains and accounts.") Path file,

        @Doc("How often to look whether the file has changed; 100ms to 1h. A change counts when the file looked the"
                + " same twice.")
        @Default("2s")
        Duration checkEvery,

        @Doc("How many passwords may be hashed at the same time; 1 to 256. Further logins wait for their turn.")
        @Default("4")
        int hashingMax,

        @Doc("A file with more accounts than this is refused; 1 to 200000.") @Default("20000")
        int accountsMax) {
    public FileDirectoryConfig {
        if (checkEvery.compareTo(Duration.ofMillis(100)) < 0 || checkEvery.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("check-every must be 100ms to 1h");
        }
        if (hashingMax < 1 || hashingMax > 256) {
            throw new IllegalArgumentException("hashing-max must be 1 to 256, not " + hashingMax);
        }
        if (accountsMax < 1 || accountsMax > 200_000) {
            throw new IllegalArgumentException("accounts-max must be 1 to 200000, not " + accountsMax);
        }
    }

    /// All defaults, for programs.
    public static FileDirectoryConfig of(Path file) {
        return new FileDirectoryConfig(file, Duration.ofSeconds(2), 4, 20_000);
    }
}
