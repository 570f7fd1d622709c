// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import static org.assertj.core.api.Assertions.assertThat;

import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
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
import org.postern.core.mail.Domain;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailAddress;

/// Who a recipient is, and where the mail goes.
class LdapDirectoryTest {
    private final LdapSite site = new LdapSite();

    LdapDirectoryTest() throws Exception {}

    @AfterEach
    void close() {
        site.close();
    }

    @Test
    void recipient_withEverythingSet_isReadCompletely() {
        Account alice = site.known("ALICE@Example.ORG");

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
        assertThat(site.known(address).address()).hasToString("alice@example.org");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody@example.org", "alicex@example.org", "bob-x@example.org", "alice@example.com"})
    void recipient_whomNobodyIs_isUnknown(String address) {
        assertThat(site.recipient(address)).isInstanceOf(Lookup.Unknown.class);
    }

    @Test
    void recipient_withACatchAll_reachesItOnlyWhenNobodyElseIsMeant() throws Exception {
        site.server.user("rest", "mail: rest@example.org", "mailAlternateAddress: catchall@example.org");

        assertThat(site.known("nobody@example.org").address()).hasToString("rest@example.org");
        assertThat(site.known("alice-x@example.org").address()).hasToString("alice@example.org");
        assertThat(site.known("bob@example.org").address()).hasToString("bob@example.org");
    }

    @ParameterizedTest
    @CsvSource({"active, ACTIVE", "noaccess, NO_ACCESS", "NOACCESS, NO_ACCESS", "disabled, DISABLED"})
    void recipient_withAStatus_hasIt(String written, AccountStatus status) throws Exception {
        site.server.user("carol", "mail: carol@example.org", "accountStatus: " + written);

        assertThat(site.known("carol@example.org").status()).isEqualTo(status);
    }

    @Test
    void recipient_thatIsDeleted_isUnknown() throws Exception {
        site.server.user("carol", "mail: carol@example.org", "accountStatus: deleted");

        assertThat(site.recipient("carol@example.org")).isInstanceOf(Lookup.Unknown.class);
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
        site.server.user("carol", "mail: carol@example.org", line);

        assertThat(site.recipient("carol@example.org"))
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
        site.server.user(
                "carol",
                "mail: carol@example.org",
                "mailForwardingAddress: x@y.org",
                "mailForwardingAddress: z@y.org",
                "mailReplyText: gone fishing");
        for (String mode : modes == null ? new String[0] : modes.split(" ")) {
            site.server.server.modify(
                    "uid=carol," + MemoryServer.BASE, new Modification(ModificationType.ADD, "deliveryMode", mode));
        }

        Account carol = site.known("carol@example.org");
        assertThat(carol.delivery()).hasToString(delivery);
        assertThat(carol.reply().isPresent()).isEqualTo(modes != null && modes.contains("reply"));
    }

    @Test
    void recipient_thatForwardsToItself_keepsACopy() throws Exception {
        site.server.user(
                "carol",
                "mail: carol@example.org",
                "deliveryMode: nolocal",
                "mailForwardingAddress: Carol@example.org",
                "mailForwardingAddress: x@y.org");

        assertThat(site.known("carol@example.org").delivery())
                .isEqualTo(new Delivery.MailboxAndForward(List.of(MailAddress.parse("x@y.org"))));
    }

    @Test
    void recipient_thatTwoEntriesClaim_isUndetermined() throws Exception {
        site.server.user("bob2", "mail: bob2@example.org", "mailAlternateAddress: bob@example.org");
        site.server.user("bob3", "mail: bob3@example.org", "mailAlternateAddress: bob@example.org");

        assertThat(site.recipient("bob@example.org")).isInstanceOf(Lookup.Undetermined.class);
    }

    @Test
    void recipient_whereTheServerPointsElsewhere_isUndetermined() throws Exception {
        site.server.server.add(
                "dn: ou=far," + MemoryServer.BASE,
                "objectClass: referral",
                "objectClass: extensibleObject",
                "ou: far",
                "ref: ldap://127.0.0.1:1/ou=far," + MemoryServer.BASE);

        assertThat(site.recipient("nobody@example.org")).isInstanceOf(Lookup.Undetermined.class);
        site.settings.ignoreReferences = true;
        site.restart();
        assertThat(site.recipient("nobody@example.org")).isInstanceOf(Lookup.Unknown.class);
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
        assertThat(site.recipient(address)).isInstanceOf(Lookup.Unknown.class);
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
            Lookup<Account> answer = site.directory().recipient(new ForwardPath(address), LdapSite.soon());
            if (answer instanceof Lookup.Known<Account>(Account account)) {
                assertThat(Set.of("alice", "al", "bob")).contains(local.toString());
                assertThat(account.address().localPart()).startsWith(local.substring(0, 1));
            }
        }
    }

    @Test
    void recipient_withAQuotedLocalPart_isFoundByItsCanonicalForm() throws Exception {
        site.server.user("john", "mail: \"john smith\"@example.org");

        assertThat(site.known("\"john\\ smith\"@example.org").mailbox()).isEqualTo("example.org/john%20smith");
    }

    @Test
    void localDomain_isKnownFromTheListTheAliasesOrTheDirectory() throws Exception {
        site.settings.domainFilter = Optional.of("(&(objectClass=dNSDomain)(associatedDomain={domain}))");
        site.restart();
        site.server.server.add(
                "dn: cn=more," + MemoryServer.BASE,
                "objectClass: dNSDomain",
                "cn: more",
                "associatedDomain: more.example");

        assertThat(List.of("example.org", "alias.example", "more.example"))
                .allMatch(name ->
                        site.directory().localDomain(new Domain(name), LdapSite.soon()) instanceof Lookup.Known);
        assertThat(site.directory().localDomain(new Domain("other.example"), LdapSite.soon()))
                .isInstanceOf(Lookup.Unknown.class);
    }

    @Test
    void explain_namesEveryStep() {
        Explanation explanation = site.directory().explain(ForwardPath.parse("alice-x@alias.example"), LdapSite.soon());

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
        site.server.user("a", "mail: a@example.org", "mailForwardingAddress: b@example.org");
        site.server.user("b", "mail: b@example.org", "mailForwardingAddress: a@example.org");
        site.server.user("c", "mail: c@example.org", "mailForwardingAddress: gone@example.org");
        site.server.user("d", "mail: d@example.org", "mailAlternateAddress: d@elsewhere.example");
        site.server.user("e", "mail: e@example.org", "mailAlternateAddress: d@example.org");
        site.server.user("f", "mail: f@example.org", "accountStatus: what");
        site.server.user("g", "mail: g@example.org", "mailMessageStore: a/alice", "mailHost: store1.example.org");
        site.server.user("h", "mail: h@example.org", "mailHost: store9.example.org");
        site.server.user("i", "mail: i@example.org", "mailForwardingAddress: alice-x@example.org");
        for (int i = 0; i < 1200; i++) {
            site.server.user("u" + i, "mail: u" + i + "@example.org");
        }

        List<Problem> problems = DirectoryCheck.run(
                site.directory(), site.directory(), Set.of(new Domain("store1.example.org")), LdapSite.soon());

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
}
