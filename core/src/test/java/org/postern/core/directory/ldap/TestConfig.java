// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postern.core.mail.Domain;

/// Settings for tests, changed one by one.
final class TestConfig {
    List<LdapServerConfig> servers = new ArrayList<>();
    String baseDn = MemoryServer.BASE;
    String bindDn = "";
    Optional<Path> bindPasswordFile = Optional.empty();
    Optional<Path> caFile = Optional.empty();
    LdapPreset preset = LdapPreset.QMAIL;
    LdapSchemaConfig schema = LdapSchemaConfig.PRESET;
    List<Domain> domains = List.of(new Domain("example.org"));
    Optional<String> domainFilter = Optional.empty();
    Map<Domain, Domain> domainAliases = Map.of(new Domain("alias.example"), new Domain("example.org"));
    String detailSeparator = "";
    String messageStoreRoot = "/var/mail";
    String messageStoreSuffix = "";
    PasswordCheck passwords = PasswordCheck.BIND;
    Duration loginPause = Duration.ZERO;
    int connections = 4;
    Duration connectTimeout = Duration.ofSeconds(2);
    Duration serverTimeout = Duration.ofSeconds(2);
    Duration probeInterval = Duration.ofMillis(500);
    boolean probeAccounts = true;
    boolean ignoreReferences;

    TestConfig(LdapServerConfig... servers) {
        this.servers.addAll(List.of(servers));
    }

    LdapConfig config() {
        return new LdapConfig(
                servers,
                baseDn,
                bindDn,
                bindPasswordFile,
                caFile,
                preset,
                schema,
                domains,
                domainFilter,
                domainAliases,
                "-",
                detailSeparator,
                messageStoreRoot,
                messageStoreSuffix,
                passwords,
                loginPause,
                connections,
                connectTimeout,
                serverTimeout,
                probeInterval,
                probeAccounts,
                ignoreReferences);
    }
}
