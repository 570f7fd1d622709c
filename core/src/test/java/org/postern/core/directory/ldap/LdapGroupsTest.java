// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postern.core.directory.Account;
import org.postern.core.directory.Delivery;
import org.postern.core.directory.GroupRules;
import org.postern.core.directory.Lookup;
import org.postern.core.directory.check.AccountSource;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailAddress;
import org.postern.core.mail.ReversePath;

class LdapGroupsTest {
    private static final ReversePath STRANGER = ReversePath.parse("stranger@elsewhere.example");

    private final MemoryServer server;
    private final TestConfig settings;
    private final LdapDirectory directory;

    LdapGroupsTest() throws Exception {
        server = new MemoryServer();
        settings = new TestConfig(server.address(LdapRole.PROVIDER));
        server.user("alice", "mail: alice@example.org", "mailAlternateAddress: al@example.org");
        server.user("bob", "mail: bob@example.org");
        directory = new LdapDirectory(settings.config(), new SimpleMeterRegistry());
    }

    @AfterEach
    void close() {
        directory.close();
        server.close();
    }

    private void group(String name, String... lines) throws Exception {
        List<String> ldif = new ArrayList<>(List.of(
                "dn: cn=" + name + "," + MemoryServer.BASE,
                "objectClass: groupOfNames",
                "objectClass: qmailGroup",
                "cn: " + name,
                "mail: " + name + "@example.org",
                "mailAlternateAddress: " + name + "-list@example.org",
                "mailMessageStore: /groups/" + name));
        ldif.addAll(List.of(lines));
        server.server.add(ldif.toArray(String[]::new));
    }

    private Lookup<Account> recipient(String address) {
        return directory.recipient(ForwardPath.parse(address), Deadline.in(Duration.ofSeconds(20)));
    }

    private Delivery.Group members(String address) {
        if (recipient(address) instanceof Lookup.Known<Account>(Account account)
                && account.delivery() instanceof Delivery.Group group) {
            return group;
        }
        throw new AssertionError(address + ": " + recipient(address));
    }

    private static List<String> words(List<MailAddress> addresses) {
        return addresses.stream().map(MailAddress::toString).toList();
    }

    private String reason(String address) {
        return switch (recipient(address)) {
            case Lookup.Undetermined<Account>(String reason) -> reason;
            case Lookup<Account> other -> throw new AssertionError(address + ": " + other);
        };
    }

    @Test
    void aReplicaThatLacksSomeMembers_neverMakesTheGroupSmaller() throws Exception {
        server.user("carol", "mail: carol@example.org", "departmentNumber: 7");
        server.user("dora", "mail: dora@example.org", "departmentNumber: 7");
        group("team", "filtermember: (departmentNumber=7)");
        try (MemoryServer replica = new MemoryServer()) {
            replica.user("carol", "mail: carol@example.org", "departmentNumber: 7");
            replica.server.add(requireNonNull(server.server.getEntry("cn=team," + MemoryServer.BASE)));
            TestConfig both = new TestConfig(replica.address(LdapRole.REPLICA), server.address(LdapRole.PROVIDER));
            try (LdapDirectory behind = new LdapDirectory(both.config(), new SimpleMeterRegistry())) {
                ForwardPath team = ForwardPath.parse("team@example.org");
                assertThat(behind.recipient(team, Deadline.in(Duration.ofSeconds(20))))
                        .isInstanceOfSatisfying(
                                Lookup.Known.class,
                                known -> assertThat(((Account) known.value())
                                                .delivery()
                                                .forwards())
                                        .hasSize(2));
                server.server.shutDown(true);
                assertThat(behind.recipient(team, Deadline.in(Duration.ofSeconds(5))))
                        .isInstanceOf(Lookup.Undetermined.class);
            }
        }
    }

    @Test
    void group_byAddressNameAndFilter_hasAllItsMembersOnce() throws Exception {
        server.user("carol", "mail: carol@example.org", "departmentNumber: 7");
        server.user("dora", "mail: dora@example.org", "departmentNumber: 7", "accountStatus: deleted");
        group(
                "team",
                "rfc822member: AL@example.org",
                "rfc822member: somebody@elsewhere.example",
                "dnmember: uid=alice," + MemoryServer.BASE,
                "dnmember: uid=bob," + MemoryServer.BASE,
                "dnmember: uid=gone," + MemoryServer.BASE,
                "filtermember: (departmentNumber=7)");

        for (String address : List.of("team@example.org", "TEAM-list@example.org", "team@alias.example")) {
            assertThat(words(members(address).members()))
                    .containsExactlyInAnyOrder(
                            "AL@example.org",
                            "somebody@elsewhere.example",
                            "alice@example.org",
                            "bob@example.org",
                            "carol@example.org");
        }
        assertThat(members("team@example.org").toMailbox()).isFalse();
        assertThat(members("team@example.org").rules()).isEqualTo(GroupRules.NONE);
    }

    @Test
    void groupsInCircles_endAndNeverHoldThemselves() throws Exception {
        group("one", "rfc822member: two@example.org", "rfc822member: alice@example.org");
        group("two", "dnmember: cn=three," + MemoryServer.BASE);
        group("three", "rfc822member: one-list@example.org", "rfc822member: bob@example.org");

        assertThat(words(members("one@example.org").members()))
                .containsExactlyInAnyOrder("alice@example.org", "bob@example.org");
        assertThat(words(members("three@example.org").members()))
                .containsExactlyInAnyOrder("alice@example.org", "bob@example.org");
    }

    @Test
    void groupWithRules_insideAnother_keepsItsAddress() throws Exception {
        group("board", "rfc822member: bob@example.org", "membersonly: TRUE");
        group("all", "rfc822member: alice@example.org", "rfc822member: board-list@example.org");

        assertThat(words(members("all@example.org").members()))
                .containsExactlyInAnyOrder("alice@example.org", "board@example.org");
    }

    @Test
    void groupsTooDeepOrTooLarge_areUndetermined() throws Exception {
        for (int i = 0; i < 12; i++) {
            group("g" + i, "rfc822member: g" + (i + 1) + "@example.org", "rfc822member: alice@example.org");
        }
        group("g12", "rfc822member: bob@example.org");
        List<String> many = new ArrayList<>();
        for (int i = 0; i <= GroupMembers.MEMBERS_MAX; i++) {
            many.add("rfc822member: m" + i + "@elsewhere.example");
        }
        group("huge", many.toArray(String[]::new));

        assertThat(reason("g0@example.org")).contains("deep");
        assertThat(members("g6@example.org").members()).hasSize(2);
        assertThat(reason("huge@example.org")).contains("10000");
    }

    @Test
    void groupThatMakesNoSense_isUndetermined() throws Exception {
        group("nobody");
        group("self", "rfc822member: self@example.org");
        group("bad", "rfc822member: not an address");
        group("filter", "filtermember: (mail=*");

        for (String name : List.of("nobody", "self", "bad", "filter")) {
            assertThat(reason(name + "@example.org")).as(name).contains("cn=" + name);
        }
    }

    @Test
    void filter_cannotReachBeyondAccounts() throws Exception {
        server.server.add(
                "dn: cn=printer," + MemoryServer.BASE, "objectClass: device", "cn: printer", "mail: p@example.org");
        group("wide", "filtermember: (objectClass=*)");

        assertThat(words(members("wide@example.org").members()))
                .containsExactlyInAnyOrder("alice@example.org", "bob@example.org");
    }

    @Test
    void membersOnly_letsMembersWriteFromAnyOfTheirAddresses() throws Exception {
        group("team", "dnmember: uid=alice," + MemoryServer.BASE, "membersonly: TRUE", "rfc822sender: boss@x.example");
        GroupRules rules = members("team@example.org").rules();

        for (String sender : List.of("alice@example.org", "AL@example.org", "Boss@x.example")) {
            assertThat(rules.mayWrite(ReversePath.parse(sender), false))
                    .as(sender)
                    .isTrue();
        }
        for (String sender : List.of("bob@example.org", "stranger@elsewhere.example", "")) {
            assertThat(rules.mayWrite(ReversePath.parse(sender), true))
                    .as(sender)
                    .isFalse();
        }
        assertThat(members("team@example.org").forwards(STRANGER)).isEmpty();
    }

    @Test
    void senders_byNameOrFilter_areThoseWhoMayWrite() throws Exception {
        server.user("carol", "mail: carol@example.org", "departmentNumber: 7");
        group("writers", "rfc822member: bob@example.org");
        group(
                "news",
                "rfc822member: reader@elsewhere.example",
                "dnsender: cn=writers," + MemoryServer.BASE,
                "filtersender: (departmentNumber=7)");
        GroupRules rules = members("news@example.org").rules();

        assertThat(rules.senders())
                .contains(
                        java.util.Set.of(MailAddress.parse("bob@example.org"), MailAddress.parse("carol@example.org")));
    }

    @Test
    void confirmation_isALogin() throws Exception {
        group("team", "rfc822member: alice@example.org", "senderconfirm: TRUE");
        GroupRules rules = members("team@example.org").rules();

        assertThat(rules.mayWrite(STRANGER, false)).isFalse();
        assertThat(rules.mayWrite(STRANGER, true)).isTrue();
        assertThat(members("team@example.org").forwards(STRANGER)).hasSize(1);
    }

    @Test
    void moderatedGroup_goesToTheModerators_whoseOwnMailGoesToTheMembers() throws Exception {
        group(
                "team",
                "rfc822member: alice@example.org",
                "dnmoderator: uid=bob," + MemoryServer.BASE,
                "bounceadmin: admin@example.org");
        Delivery.Group team = members("team@example.org");

        assertThat(words(team.forwards(STRANGER))).containsExactly("bob@example.org");
        assertThat(words(team.forwards(ReversePath.parse("Bob@example.org")))).containsExactly("alice@example.org");
        assertThat(words(team.forwards(ReversePath.parse("")))).containsExactly("admin@example.org");
        assertThat(team.forwardedAs(STRANGER)).hasToString("admin@example.org");
        assertThat(team.forwardedAs(ReversePath.parse(""))).isEqualTo(ReversePath.parse(""));
    }

    @Test
    void group_cannotLogIn() throws Exception {
        group("team", "objectClass: qmailUser", "uid: team", "userPassword: secret", "rfc822member: bob@example.org");

        assertThat(directory.authenticate("team", "secret", Deadline.in(Duration.ofSeconds(20))))
                .isInstanceOf(Lookup.Unknown.class);
    }

    @Test
    void listing_withOneConnection_resolvesGroupsAsWell() throws Exception {
        settings.connections = 1;
        group("team", "rfc822member: alice@example.org");
        group("empty");
        AtomicInteger good = new AtomicInteger();
        AtomicInteger bad = new AtomicInteger();
        try (LdapDirectory narrow = new LdapDirectory(settings.config(), new SimpleMeterRegistry())) {
            assertThat(narrow.forEachAccount(
                            each -> (each instanceof AccountSource.Listed.Good ? good : bad).incrementAndGet(),
                            Deadline.in(Duration.ofSeconds(20))))
                    .isEmpty();
        }

        assertThat(good).hasValue(3);
        assertThat(bad).hasValue(1);
    }

    @Test
    void preset_activeDirectory_readsDistributionGroups() throws Exception {
        settings.preset = LdapPreset.ACTIVE_DIRECTORY;
        server.server.add(
                "dn: cn=Dora," + MemoryServer.BASE,
                "objectClass: user",
                "cn: Dora",
                "mail: dora@example.org",
                "proxyAddresses: SMTP:dora@example.org",
                "proxyAddresses: smtp:d@example.org");
        server.server.add(
                "dn: cn=Team," + MemoryServer.BASE,
                "objectClass: group",
                "cn: Team",
                "mail: team@example.org",
                "proxyAddresses: SMTP:team@example.org",
                "member: cn=Dora," + MemoryServer.BASE,
                "msExchRequireAuthToSendTo: TRUE");
        try (LdapDirectory exchange = new LdapDirectory(settings.config(), new SimpleMeterRegistry())) {
            assertThat(exchange.recipient(ForwardPath.parse("team@example.org"), Deadline.in(Duration.ofSeconds(20))))
                    .isInstanceOfSatisfying(
                            Lookup.Known.class,
                            known -> assertThat(((Account) known.value()).delivery())
                                    .isEqualTo(new Delivery.Group(
                                            List.of(MailAddress.parse("dora@example.org")),
                                            new GroupRules(Optional.empty(), true, List.of(), Optional.empty()))));
        }
    }
}
