// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.mail.Domain;

/// The LDAP directory.
@Doc("Accounts in an LDAP directory.")
public record LdapConfig(
        @Doc("The servers in order of preference: the nearest replica first. 1 to 8.")
        List<LdapServerConfig> servers,

        @Doc("The entry below which accounts are searched.") String baseDn,

        @Doc("The name Postern binds with; empty binds anonymously.") @Default("")
        String bindDn,

        @Doc("File with the password of bind-dn on its first line.")
        Optional<Path> bindPasswordFile,

        @Doc("File with PEM certificates of the authorities that are trusted; without one, the JDK's are.")
        Optional<Path> caFile,

        @Doc("qmail, inet-local-mail-recipient or active-directory.") @Default("qmail")
        LdapPreset preset,

        @Doc("What differs from the preset.") @Default("{}") LdapSchemaConfig schema,

        @Doc("The domains whose mail is ours.") @Default("[]")
        List<Domain> domains,

        @Doc("Filter with {domain} that finds a domain of ours; asked for those that domains does not list.")
        Optional<String> domainFilter,

        @Doc("Domains whose addresses mean the same as in another: alias: domain.") @Default("{}")
        Map<Domain, Domain> domainAliases,

        @Doc("What separates a name from its extension in catch-all look-ups; as in qmail-ldap, up to 4 are tried.")
        @Default("-")
        String extensionSeparator,

        @Doc("What separates a name from a detail to be ignored, such as + (RFC 5233); empty for none.") @Default("")
        String detailSeparator,

        @Doc("Absolute folder that mailbox folders in entries begin with; it is cut off.") @Default("")
        String messageStoreRoot,

        @Doc("Folder added to mailbox folders in entries, such as Maildir where qmail-ldap's aliasempty is ./Maildir/.")
        @Default("")
        String messageStoreSuffix,

        @Doc("bind or stored: who compares passwords, the server or Postern.") @Default("bind")
        PasswordCheck passwords,

        @Doc("An unsuccessful login is answered no sooner than this; 0s to 10s.") @Default("1s")
        Duration loginPause,

        @Doc("Connections to each server for searches, and as many for logins; 1 to 256.") @Default("8")
        int connections,

        @Doc("How long a connection may take, with TLS and bind; 100ms to 60s.") @Default("3s")
        Duration connectTimeout,

        @Doc("How long one server may take to answer before the next is asked; 100ms to 60s.") @Default("3s")
        Duration serverTimeout,

        @Doc("How often each server is probed; 100ms to 10m. One that is down is probed sooner.") @Default("10s")
        Duration probeInterval,

        @Doc("Whether a server that shows no account at all counts as broken: empty, or access is missing.")
        @Default("true")
        boolean probeAccounts,

        @Doc("Whether pointers to other servers among the results are ignored, rather than making them undetermined.")
        @Default("false")
        boolean ignoreReferences) {
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(60);

    public LdapConfig {
        servers = List.copyOf(servers);
        domains = List.copyOf(domains);
        domainAliases = Map.copyOf(domainAliases);
        check(!servers.isEmpty() && servers.size() <= 8, "servers: name 1 to 8 LDAP servers");
        check(
                servers.stream().anyMatch(server -> server.role() == LdapRole.PROVIDER),
                "servers: one must be a provider; a replica alone cannot say that a recipient does not exist");
        check(connections >= 1 && connections <= 256, "connections is 1 to 256");
        check(within(connectTimeout, LONGEST), "connect-timeout is 100ms to 60s");
        check(within(serverTimeout, LONGEST), "server-timeout is 100ms to 60s");
        check(within(probeInterval, Duration.ofMinutes(10)), "probe-interval is 100ms to 10m");
        check(
                !loginPause.isNegative() && loginPause.compareTo(Duration.ofSeconds(10)) <= 0,
                "login-pause is 0s to 10s");
        check(
                bindDn.isEmpty() == bindPasswordFile.isEmpty(),
                "bind-dn and bind-password-file go together: write both, or neither to bind anonymously");
        check(extensionSeparator.length() <= 1 && detailSeparator.length() <= 1, "a separator is one character");
        check(
                messageStoreRoot.isEmpty() || messageStoreRoot.startsWith("/"),
                "message-store-root is an absolute folder, for example /var/qmail/maildirs");
        check(
                messageStoreSuffix.matches("(?!\\.{1,2}$)[^/\\x00]*"),
                "message-store-suffix is one folder, for example Maildir");
        LdapNames.checkDn("base-dn", baseDn);
        LdapNames.checkDn("bind-dn", bindDn);
        LdapSchema effective = schema.over(preset.schema());
        check(!effective.mail().isEmpty(), "schema.mail: the attribute with the main address cannot be left out");
        FilterTemplate.parse("schema.recipient-filter", effective.recipientFilter(), "{address}", "{local}");
        FilterTemplate.parse("schema.login-filter", effective.loginFilter(), "{login}");
        FilterTemplate.parse("schema.account-filter", effective.accountFilter());
        domainFilter.ifPresent(filter -> FilterTemplate.parse("domain-filter", filter, "{domain}"));
        check(
                passwords == PasswordCheck.BIND || !effective.password().isEmpty(),
                "passwords: stored needs schema.password, the attribute that holds them");
    }

    /// With all defaults.
    public static LdapConfig of(List<LdapServerConfig> servers, String baseDn) {
        return new LdapConfig(
                servers,
                baseDn,
                "",
                Optional.empty(),
                Optional.empty(),
                LdapPreset.QMAIL,
                LdapSchemaConfig.PRESET,
                List.of(),
                Optional.empty(),
                Map.of(),
                "-",
                "",
                "",
                "",
                PasswordCheck.BIND,
                Duration.ofSeconds(1),
                8,
                Duration.ofSeconds(3),
                Duration.ofSeconds(3),
                Duration.ofSeconds(10),
                true,
                false);
    }

    LdapSchema effectiveSchema() {
        return schema.over(preset.schema());
    }

    private static boolean within(Duration value, Duration longest) {
        return value.compareTo(SHORTEST) >= 0 && value.compareTo(longest) <= 0;
    }

    private static void check(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
