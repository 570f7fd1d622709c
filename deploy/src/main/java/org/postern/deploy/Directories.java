// SPDX-License-Identifier: Apache-2.0
package org.postern.deploy;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.postern.core.config.ConfigException;
import org.postern.core.directory.Directory;
import org.postern.core.directory.file.FileDirectory;
import org.postern.core.directory.file.FileDirectoryConfig;
import org.postern.core.directory.ldap.LdapConfig;
import org.postern.core.directory.ldap.LdapDirectory;
import org.postern.deploy.config.DirectoryConfig;
import org.postern.deploy.management.ManagementServer;

/// Opens the directory that is configured.
public final class Directories {
    private Directories() {}

    /// @param checks where the directory's health is added
    /// @throws ConfigException where the settings or the accounts file are wrong
    public static Directory open(DirectoryConfig config, MeterRegistry meters, List<ManagementServer.Check> checks) {
        return config.fileDirectory()
                .map(settings -> file(settings, meters, checks))
                .or(() -> config.ldap().map(section -> ldap(section.as(LdapConfig.class), meters)))
                .orElseThrow(() -> new ConfigException("directory: names neither a file nor an LDAP server"));
    }

    private static Directory ldap(LdapConfig settings, MeterRegistry meters) {
        try {
            return new LdapDirectory(settings, meters);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("directory.ldap: " + e.getMessage());
        }
    }

    private static Directory file(
            FileDirectoryConfig settings, MeterRegistry meters, List<ManagementServer.Check> checks) {
        FileDirectory directory = FileDirectory.open(settings, meters);
        if (!directory.problems().isEmpty()) {
            List<String> problems = directory.problems();
            directory.close();
            throw new ConfigException(problems);
        }
        checks.add(new ManagementServer.Check("directory", () -> true, () -> String.join("; ", directory.problems())));
        return directory;
    }
}
