// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import static org.assertj.core.api.Assertions.assertThat;

import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.directory.Account;
import org.postern.core.directory.AccountStatus;
import org.postern.core.directory.Delivery;
import org.postern.core.directory.Explanation;
import org.postern.core.directory.Lookup;
import org.postern.core.directory.check.DirectoryCheck;
import org.postern.core.directory.check.Problem;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailAddress;

class LdapDirectoryTest {
    private final MemoryServer server;
    private final TestConfig settings;
    private LdapDirectory directory;

    LdapDirectoryTest() throws Exception {
        server = new MemoryServer();
        settings = new TestConfig(server.address(LdapRole.PROVIDER));
        directory = new LdapDirectory(settings.config(), new SimpleMeterRegistry());
    }

    @BeforeEach
    void accounts() throws Exception {
        server.user(
                "alice",
                "mail: Alice@example.org",
                "mailAlternateAddress: al@example.org",
                "mailAlternateAddress: alice-catchall@example.org",
                "mailHost: Store1.example.org",
                "mailMessageStore: /var/mail/a/alice/",
                "mailQuotaSize: 1000000",
                "mailQuotaCount: 0",
                "mailSizeMax: 5000",
                "userPassword: secret");
        server.user("bob", "mail: bob@example.org", "userPassword: hunter2");
        restart();
    }

    @AfterEach
    void close() {
        directory.close();
        server.close();
    }

    private void restart() {
        directory.close();
        directory = new LdapDirectory(settings.config(), new SimpleMeterRegistry());
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    private Lookup<Account> recipient(String address) {
        return directory.recipient(ForwardPath.parse(address), soon());
    }

    private Account known(String address) {
        return switch (recipient(address)) {
            case Lookup.Known<Account>(Account account) -> account;
            case Lookup<Account> other -> throw new AssertionError(address + ": " + other);
        };
    }

    @Test
    void recipient_withEverythingSet_isReadCompletely() {
        Account alice = known("ALICE@Example.ORG");

        assertThat(alice.address()).hasToString("alice@example.org");
        assertThat(alice.aliases()).containsExactly(MailAddress.parse("al@example.org"));
        assertThat(alice.mailHost()).contains(new Domain("store1.example.org"));
        assertThat(alice.mailbox()).isEqualTo("a/alice");
        assertThat(alice.status()).isEqualTo(AccountStatus.ACTIVE);
        assertThat(alice.delivery()).isEqualTo(new Delivery.Mailbox());
        assertThat(alice.limits().mailboxSize()).contains(new ByteSize(1_000_000));
        assertThat(alice.limits().mailboxMessages()).isEmpty();
        assertThat(alice.limits().messageSize()).contains(new ByteSize(5000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"al@example.org", "alice-any@example.org", "alice-a-b@example.org", "alice@alias.example"})
    void recipient_byAliasExtensionOrAliasDomain_reachesTheAccount(String address) {
        assertThat(known(address).address()).hasToString("alice@example.org");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody@example.org", "alicex@example.org", "bob-x@example.org", "alice@example.com"})
    void recipient_whomNobodyIs_isUnknown(String address) {
        assertThat(recipient(address)).isInstanceOf(Lookup.Unknown.class);
    }

    @Test
    void recipient_withACatchAll_reachesItOnlyWhenNobodyElseIsMeant() throws Exception {
        server.user("rest", "mail: rest@example.org", "mailAlternateAddress: catchall@example.org");

        assertThat(known("nobody@example.org").address()).hasToString("rest@example.org");
        assertThat(known("alice-x@example.org").address()).hasToString("alice@example.org");
        assertThat(known("bob@example.org").address()).hasToString("bob@example.org");
    }

    @ParameterizedTest
    @CsvSource({"active, ACTIVE", "noaccess, NO_ACCESS", "NOACCESS, NO_ACCESS", "disabled, DISABLED"})
    void recipient_withAStatus_hasIt(String written, AccountStatus status) throws Exception {
        server.user("carol", "mail: carol@example.org", "accountStatus: " + written);

        assertThat(known("carol@example.org").status()).isEqualTo(status);
    }

    @Test
    void recipient_thatIsDeleted_isUnknown() throws Exception {
        server.user("carol", "mail: carol@example.org", "accountStatus: deleted");

        assertThat(recipient("carol@example.org")).isInstanceOf(Lookup.Unknown.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "accountStatus: suspended | accountStatus",
                "mailQuotaSize: many | mailQuotaSize",
                "mailQuotaSize: -5 | mailQuotaSize",
                "deliveryMode: sometimes | deliveryMode",
                "deliveryMode: nolocal | nowhere",
                "deliveryMode: forwardonly | nowhere",
                "mailForwardingAddress: nobody | mailForwardingAddress",
                "mailMessageStore: ../../etc | relative folder",
                "mailMessageStore: /var/mailx/c | message-store-root",
                "mailMessageStore: /etc/passwd | message-store-root",
                "mailHost: not a host | domain name",
                "objectClass: qmailGroup | without members",
            })
    void recipient_withAValueThatMakesNoSense_isUndetermined(String line, String reason) throws Exception {
        server.user("carol", "mail: carol@example.org", line);

        assertThat(recipient("carol@example.org"))
                .isInstanceOfSatisfying(
                        Lookup.Undetermined.class,
                        answer -> assertThat(answer.reason())
                                .contains("uid=carol")
                                .contains(reason));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "|MailboxAndForward[to=[x@y.org, z@y.org]]",
                "noforward|Mailbox[]",
                "nolocal|Forward[to=[x@y.org, z@y.org]]",
                "nombox|Forward[to=[x@y.org, z@y.org]]",
                "forwardonly|Forward[to=[x@y.org, z@y.org]]",
                "noprogram|MailboxAndForward[to=[x@y.org, z@y.org]]",
                "normal|MailboxAndForward[to=[x@y.org, z@y.org]]",
                "noforward nolocal reply|ReplyOnly[]",
                "reply|MailboxAndForward[to=[x@y.org, z@y.org]]",
            })
    void recipient_withDeliveryModes_isDeliveredAsQmailLdapDoes(String modes, String delivery) throws Exception {
        server.user(
                "carol",
                "mail: carol@example.org",
                "mailForwardingAddress: x@y.org",
                "mailForwardingAddress: z@y.org",
                "mailReplyText: gone fishing");
        for (String mode : modes == null ? new String[0] : modes.split(" ")) {
            server.server.modify(
                    "uid=carol," + MemoryServer.BASE, new Modification(ModificationType.ADD, "deliveryMode", mode));
        }

        Account carol = known("carol@example.org");
        assertThat(carol.delivery()).hasToString(delivery);
        assertThat(carol.reply().isPresent()).isEqualTo(modes != null && modes.contains("reply"));
    }

    @Test
    void recipient_thatForwardsToItself_keepsACopy() throws Exception {
        server.user(
                "carol",
                "mail: carol@example.org",
                "deliveryMode: nolocal",
                "mailForwardingAddress: Carol@example.org",
                "mailForwardingAddress: x@y.org");

        assertThat(known("carol@example.org").delivery())
                .isEqualTo(new Delivery.MailboxAndForward(List.of(MailAddress.parse("x@y.org"))));
    }

    @Test
    void recipient_thatTwoEntriesClaim_isUndetermined() throws Exception {
        server.user("bob2", "mail: bob2@example.org", "mailAlternateAddress: bob@example.org");
        server.user("bob3", "mail: bob3@example.org", "mailAlternateAddress: bob@example.org");

        assertThat(recipient("bob@example.org")).isInstanceOf(Lookup.Undetermined.class);
    }

    @Test
    void recipient_whereTheServerPointsElsewhere_isUndetermined() throws Exception {
        server.server.add(
                "dn: ou=far," + MemoryServer.BASE,
                "objectClass: referral",
                "objectClass: extensibleObject",
                "ou: far",
                "ref: ldap://127.0.0.1:1/ou=far," + MemoryServer.BASE);

        assertThat(recipient("nobody@example.org")).isInstanceOf(Lookup.Undetermined.class);
        settings.ignoreReferences = true;
        restart();
        assertThat(recipient("nobody@example.org")).isInstanceOf(Lookup.Unknown.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*@example.org",
                "a*@example.org",
                "\"*)(uid=*\"@example.org",
                "\"alice)(|(mail=*\"@example.org",
                "\"al\\\\ice\"@example.org",
                "\"alice,dc=example,dc=org\"@example.org",
                "\"\\\\61lice\"@example.org",
                "\"alice \"@example.org",
                "\" alice\"@example.org",
                "{address}@example.org",
                "{local}@example.org",
                "ａｌｉｃｅ@example.org",
                "al\u0131ce@example.org",
                "alic\u00e9@example.org",
                "alice\u200b@example.org",
                "\"a@b\"@example.org"
            })
    void recipient_withTrickyAddress_isNobody(String address) {
        assertThat(recipient(address)).isInstanceOf(Lookup.Unknown.class);
    }

    @Test
    void recipient_withRandomSpecialCharacters_isNeverAnybodyElse() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        String special = "*()\\&|!=~<>#;,+\" alicebob\u00e9";
        for (int i = 0; i < 500; i++) {
            StringBuilder local = new StringBuilder();
            for (int n = random.nextInt(8); n >= 0; n--) {
                local.append(special.charAt(random.nextInt(special.length())));
            }
            MailAddress address = new MailAddress(local.toString(), new Domain("example.org"));
            Lookup<Account> answer = directory.recipient(new ForwardPath(address), soon());
            if (answer instanceof Lookup.Known<Account>(Account account)) {
                assertThat(Set.of("alice", "al", "bob")).contains(local.toString());
                assertThat(account.address().localPart()).startsWith(local.substring(0, 1));
            }
        }
    }

    @Test
    void recipient_withAQuotedLocalPart_isFoundByItsCanonicalForm() throws Exception {
        server.user("john", "mail: \"john smith\"@example.org");

        assertThat(known("\"john\\ smith\"@example.org").mailbox()).isEqualTo("example.org/john%20smith");
    }

    @Test
    void authenticate_byBind_tellsRightFromWrong() {
        assertThat(directory.authenticate("alice", "secret", soon())).isInstanceOf(Lookup.Known.class);
        assertThat(directory.authenticate("Alice@example.org", "secret", soon()))
                .isInstanceOf(Lookup.Known.class);
        assertThat(List.of("Secret", "", "secret\0", "x".repeat(5000)))
                .allMatch(wrong -> directory.authenticate("alice", wrong, soon()) instanceof Lookup.Unknown);
        assertThat(List.of("nobody", "", "*", "ali*", "alice)(uid=*", "alice," + MemoryServer.BASE, "alice\0"))
                .allMatch(name -> directory.authenticate(name, "secret", soon()) instanceof Lookup.Unknown);
    }

    @Test
    void authenticate_byBind_leavesTheSearchesTheirName() throws Exception {
        settings.bindDn = MemoryServer.READER;
        settings.bindPasswordFile = java.util.Optional.of(MemoryServer.passwordFile("reader"));
        settings.connections = 1;
        restart();

        for (int i = 0; i < 5; i++) {
            assertThat(directory.authenticate("alice", "wrong", soon())).isInstanceOf(Lookup.Unknown.class);
            assertThat(directory.authenticate("alice", "secret", soon())).isInstanceOf(Lookup.Known.class);
            assertThat(known("bob@example.org")).isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"noaccess", "disabled", "deleted"})
    void authenticate_withAStatusThatForbidsIt_isRefused(String status) throws Exception {
        server.user("carol", "mail: carol@example.org", "userPassword: secret", "accountStatus: " + status);

        assertThat(directory.authenticate("carol", "secret", soon())).isInstanceOf(Lookup.Unknown.class);
    }

    @Test
    void authenticate_byStoredHash_tellsRightFromWrongAndAdmitsWhatItCannotRead() throws Exception {
        settings.passwords = PasswordCheck.STORED;
        restart();
        server.user("carol", "mail: carol@example.org", "userPassword: {SSHA}AL7G26QTEiqs3iQV/fKMqYgaN0cQhbHQ");

        assertThat(directory.authenticate("carol", "secret", soon())).isInstanceOf(Lookup.Known.class);
        assertThat(directory.authenticate("carol", "Secret", soon())).isInstanceOf(Lookup.Unknown.class);
        assertThat(directory.authenticate("alice", "secret", soon())).isInstanceOf(Lookup.Undetermined.class);
    }

    @Test
    void authenticate_whenRefused_takesAtLeastThePause() {
        settings.loginPause = Duration.ofMillis(300);
        restart();

        for (String name : List.of("alice", "nobody")) {
            long before = System.nanoTime();
            assertThat(directory.authenticate(name, "wrong", soon())).isInstanceOf(Lookup.Unknown.class);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(290));
        }
    }

    @Test
    void scramCredential_isThereWhereTheStoredFormAllowsIt() throws Exception {
        server.user(
                "carol",
                "mail: carol@example.org",
                "authPassword: SCRAM-SHA-256$4096:c6dc91H2FqboWU/SMhYTyg==$OeuScI5GmR70gaUiVkc4/hWVkkMsIZcUln8T7nxu2RY="
                        + ":a2KNW9vQqJ80WWDbU6TJZqG59a177eD8C3iSJEh573E=");

        assertThat(directory.scramCredential("carol", soon()))
                .isInstanceOfSatisfying(
                        Lookup.Known.class,
                        known -> assertThat(known.value()).hasToString("ScramCredential[carol@example.org]"));
        assertThat(directory.scramCredential("alice", soon())).isInstanceOf(Lookup.Unknown.class);
        assertThat(directory.scramCredential("nobody", soon())).isInstanceOf(Lookup.Unknown.class);
    }

    @Test
    void localDomain_isKnownFromTheListTheAliasesOrTheDirectory() throws Exception {
        settings.domainFilter = java.util.Optional.of("(&(objectClass=dNSDomain)(associatedDomain={domain}))");
        restart();
        server.server.add(
                "dn: cn=more," + MemoryServer.BASE,
                "objectClass: dNSDomain",
                "cn: more",
                "associatedDomain: more.example");

        assertThat(List.of("example.org", "alias.example", "more.example"))
                .allMatch(name -> directory.localDomain(new Domain(name), soon()) instanceof Lookup.Known);
        assertThat(directory.localDomain(new Domain("other.example"), soon())).isInstanceOf(Lookup.Unknown.class);
    }

    @Test
    void explain_namesEveryStep() {
        Explanation explanation = directory.explain(ForwardPath.parse("alice-x@alias.example"), soon());

        assertThat(explanation.answer()).isInstanceOf(Lookup.Known.class);
        assertThat(explanation.steps())
                .extracting(Explanation.Step::what)
                .containsExactly("server", "local-domain", "domain-alias", "search", "search", "entry");
        assertThat(explanation.steps().get(4).toString())
                .contains("mail=alice-catchall@example.org")
                .contains("uid=alice");
    }

    @Test
    void check_findsWhatIsWrong() throws Exception {
        server.user("a", "mail: a@example.org", "mailForwardingAddress: b@example.org");
        server.user("b", "mail: b@example.org", "mailForwardingAddress: a@example.org");
        server.user("c", "mail: c@example.org", "mailForwardingAddress: gone@example.org");
        server.user("d", "mail: d@example.org", "mailAlternateAddress: d@elsewhere.example");
        server.user("e", "mail: e@example.org", "mailAlternateAddress: d@example.org");
        server.user("f", "mail: f@example.org", "accountStatus: what");
        server.user("g", "mail: g@example.org", "mailMessageStore: a/alice", "mailHost: store1.example.org");
        server.user("h", "mail: h@example.org", "mailHost: store9.example.org");
        server.user("i", "mail: i@example.org", "mailForwardingAddress: alice-x@example.org");
        for (int i = 0; i < 1200; i++) {
            server.user("u" + i, "mail: u" + i + "@example.org");
        }

        List<Problem> problems =
                DirectoryCheck.run(directory, directory, Set.of(new Domain("store1.example.org")), soon());

        assertThat(problems)
                .extracting(Problem::text)
                .containsExactlyInAnyOrder(
                        "forwarding goes round: a@example.org -> b@example.org -> a@example.org",
                        "c@example.org forwards to gone@example.org, which does not exist",
                        "d@example.org has the address d@elsewhere.example, whose domain is not ours",
                        "d@example.org belongs to d@example.org, e@example.org",
                        "uid=f,dc=example,dc=org cannot be used: uid=f,dc=example,dc=org: accountStatus \"what\" is not"
                                + " known",
                        "the mailbox a/alice belongs to alice@example.org, g@example.org",
                        "h@example.org lives on store9.example.org, which is no store");
    }

    @Test
    void preset_activeDirectory_readsProxyAddressesAndBits() throws Exception {
        settings.preset = LdapPreset.ACTIVE_DIRECTORY;
        restart();
        server.server.add(
                "dn: cn=Dora," + MemoryServer.BASE,
                "objectClass: user",
                "cn: Dora",
                "sAMAccountName: dora",
                "mail: dora@example.org",
                "proxyAddresses: SMTP:dora@example.org",
                "proxyAddresses: smtp:d@example.org",
                "proxyAddresses: x500:/o=x/cn=dora",
                "userAccountControl: 514",
                "userPassword: secret");

        Account dora = known("d@example.org");
        assertThat(dora.address()).hasToString("dora@example.org");
        assertThat(dora.aliases()).containsExactly(MailAddress.parse("d@example.org"));
        assertThat(dora.status()).isEqualTo(AccountStatus.DISABLED);
        assertThat(directory.authenticate("dora", "secret", soon())).isInstanceOf(Lookup.Unknown.class);
    }

    @Test
    void preset_inetLocalMailRecipient_routesInsteadOfKeeping() throws Exception {
        settings.preset = LdapPreset.INET_LOCAL_MAIL_RECIPIENT;
        settings.probeAccounts = false;
        restart();
        server.server.add(
                "dn: cn=Emil," + MemoryServer.BASE,
                "objectClass: inetLocalMailRecipient",
                "cn: Emil",
                "mailLocalAddress: emil@example.org",
                "mailHost: mx.example.org",
                "mailRoutingAddress: emil@elsewhere.example");

        assertThat(known("emil@example.org").delivery())
                .isEqualTo(new Delivery.Forward(List.of(MailAddress.parse("emil@elsewhere.example"))));
    }
}
