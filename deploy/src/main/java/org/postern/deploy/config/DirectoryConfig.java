// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.postern.core.config.ConfigSection;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.directory.cache.CacheConfig;
import org.postern.core.directory.file.FileDirectoryConfig;
import org.postern.smtpfront.auth.ScramDecoyConfig;

/// Which directory is asked: exactly one.
@Doc("Where accounts and domains are known: one file, or an LDAP server.")
public record DirectoryConfig(
        @Doc("The accounts file.") Optional<Path> file,

        @Doc("How often to look whether the accounts file has changed; 100ms to 1h.") @Default("2s")
        Duration checkEvery,

        @Doc("How many passwords of the accounts file may be checked at the same time; 1 to 256.") @Default("4")
        int hashingMax,

        @Doc("An LDAP server.") Optional<ConfigSection> ldap,

        @Doc("How long the answers of LDAP are remembered.") CacheConfig cache,

        @Doc("What SCRAM answers for logins that nobody has.")
        ScramDecoyConfig scramDecoys) {
    public DirectoryConfig {
        if (file.isPresent() == ldap.isPresent()) {
            throw new IllegalArgumentException("name one directory: file: accounts.yaml, or ldap with its settings");
        }
    }

    /// The accounts file with all defaults.
    public static DirectoryConfig of(Path file) {
        return new DirectoryConfig(
                Optional.of(file),
                Duration.ofSeconds(2),
                4,
                Optional.empty(),
                CacheConfig.DEFAULT,
                ScramDecoyConfig.defaults());
    }

    /// The settings of the file directory, if it is that.
    public Optional<FileDirectoryConfig> fileDirectory() {
        return file.map(path -> new FileDirectoryConfig(path, checkEvery, hashingMax, 20_000));
    }
}
