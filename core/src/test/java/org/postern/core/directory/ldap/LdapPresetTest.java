// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postern.core.directory.Account;
import org.postern.core.directory.AccountStatus;
import org.postern.core.directory.Delivery;
import org.postern.core.directory.Lookup;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailAddress;

/// The presets for other schemas than qmail-ldap's.
class LdapPresetTest {
    private final MemoryServer server;
    private final TestConfig settings;

    LdapPresetTest() throws Exception {
        server = new MemoryServer();
        settings = new TestConfig(server.address(LdapRole.PROVIDER));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private LdapDirectory directory(LdapPreset preset) {
        settings.preset = preset;
        return new LdapDirectory(settings.config(), new SimpleMeterRegistry());
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    private static Lookup<Account> recipient(LdapDirectory directory, String address) {
        return directory.recipient(ForwardPath.parse(address), soon());
    }

    private static Account known(LdapDirectory directory, String address) {
        return switch (recipient(directory, address)) {
            case Lookup.Known<Account>(Account account) -> account;
            case Lookup<Account> other -> throw new AssertionError(address + ": " + other);
        };
    }

    @Test
    void activeDirectory_findsUsersAndContacts_andLogsUsersInByAnyName() throws Exception {
        server.server.add(
                "dn: cn=Dora," + MemoryServer.BASE,
                "objectClass: user",
                "cn: Dora",
                "sAMAccountName: dora",
                "userPrincipalName: dora@corp.example",
                "mail: dora@example.org",
                "proxyAddresses: SMTP:dora@example.org",
                "proxyAddresses: smtp:Sales@example.org",
                "proxyAddresses: X400:c=de;a= ;p=x",
                "userAccountControl: 512",
                "userPassword: secret");
        server.server.add(
                "dn: cn=Partner," + MemoryServer.BASE,
                "objectClass: contact",
                "cn: Partner",
                "mail: partner@example.org",
                "proxyAddresses: smtp:partner@example.org");
        try (LdapDirectory directory = directory(LdapPreset.ACTIVE_DIRECTORY)) {
            Account dora = known(directory, "SALES@example.org");
            assertThat(dora.address()).hasToString("dora@example.org");
            assertThat(dora.status()).isEqualTo(AccountStatus.ACTIVE);
            assertThat(dora.aliases()).containsExactly(MailAddress.parse("Sales@example.org"));
            assertThat(known(directory, "partner@example.org").address()).hasToString("partner@example.org");
            for (String login : List.of("dora", "dora@corp.example", "dora@example.org", "DORA")) {
                assertThat(directory.authenticate(login, "secret", soon()))
                        .as(login)
                        .isInstanceOf(Lookup.Known.class);
                assertThat(directory.authenticate(login, "Secret", soon()))
                        .as(login)
                        .isInstanceOf(Lookup.Unknown.class);
            }
            for (String nobody : List.of("catchall@example.org", "dora-x@example.org", "\"smtp:dora\"@example.org")) {
                assertThat(recipient(directory, nobody)).as(nobody).isInstanceOf(Lookup.Unknown.class);
            }
            for (String trick : List.of("dora)(cn=*", "*", "cn=Dora," + MemoryServer.BASE, "dora\0")) {
                assertThat(directory.authenticate(trick, "secret", soon()))
                        .as(trick)
                        .isInstanceOf(Lookup.Unknown.class);
            }
        }
    }

    @Test
    void inetLocalMailRecipient_deliversHere_orRoutesElsewhere() throws Exception {
        server.server.add(
                "dn: uid=emil," + MemoryServer.BASE,
                "objectClass: inetOrgPerson",
                "objectClass: inetLocalMailRecipient",
                "uid: emil",
                "mail: emil@example.org",
                "mailLocalAddress: e.mil@example.org",
                "mailHost: store1.example.org",
                "userPassword: secret");
        server.server.add(
                "dn: uid=fred," + MemoryServer.BASE,
                "objectClass: inetOrgPerson",
                "objectClass: inetLocalMailRecipient",
                "uid: fred",
                "mail: fred@example.org",
                "mailLocalAddress: fred@example.org",
                "mailRoutingAddress: fred@elsewhere.example");
        server.server.add(
                "dn: uid=guest," + MemoryServer.BASE,
                "objectClass: inetOrgPerson",
                "uid: guest",
                "mail: guest@example.org");
        try (LdapDirectory directory = directory(LdapPreset.INET_LOCAL_MAIL_RECIPIENT)) {
            Account emil = known(directory, "e.mil@example.org");
            assertThat(emil.address()).hasToString("emil@example.org");
            assertThat(emil.mailHost()).contains(new Domain("store1.example.org"));
            assertThat(emil.delivery()).isEqualTo(new Delivery.Mailbox());
            assertThat(known(directory, "fred@example.org").delivery())
                    .isEqualTo(new Delivery.Forward(List.of(MailAddress.parse("fred@elsewhere.example"))));
            assertThat(recipient(directory, "guest@example.org")).isInstanceOf(Lookup.Unknown.class);
            assertThat(directory.authenticate("emil", "secret", soon())).isInstanceOf(Lookup.Known.class);
            assertThat(directory.authenticate("guest", "secret", soon())).isInstanceOf(Lookup.Unknown.class);
        }
    }

    @Test
    void activeDirectory_withTheBitForDisabled_takesMailAndNoLogin() throws Exception {
        server.server.add(
                "dn: cn=Dora," + MemoryServer.BASE,
                "objectClass: user",
                "cn: Dora",
                "sAMAccountName: dora",
                "mail: dora@example.org",
                "proxyAddresses: SMTP:dora@example.org",
                "userAccountControl: 514",
                "userPassword: secret");
        try (LdapDirectory directory = directory(LdapPreset.ACTIVE_DIRECTORY)) {
            assertThat(known(directory, "dora@example.org").status()).isEqualTo(AccountStatus.DISABLED);
            assertThat(directory.authenticate("dora", "secret", soon())).isInstanceOf(Lookup.Unknown.class);
        }
    }
}
