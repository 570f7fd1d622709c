// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postern.core.directory.Account;
import org.postern.core.directory.Delivery;
import org.postern.core.directory.Explanation;
import org.postern.core.directory.GroupRules;
import org.postern.core.directory.Lookup;
import org.postern.core.directory.password.ScramSecret;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailAddress;

class FileDirectoryTest {
    private static final int CHEAP = 4_096;
    private static final String SECRET = ScramSecret.create("geheim", CHEAP).written();

    @TempDir
    Path folder;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private FileDirectory open(String text) throws IOException {
        Files.writeString(file(), text);
        return FileDirectory.open(new FileDirectoryConfig(file(), Duration.ofMillis(100), 2, 100), meters);
    }

    private Path file() {
        return folder.resolve("accounts.yaml");
    }

    private static String accounts(String name) {
        return """
                domains: [example.org, example.com]
                postmaster: %s@example.org
                accounts:
                  %s@example.org:
                    password: "%s"
                    aliases: [Info@example.com]
                """.formatted(name, name, SECRET);
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    private static Lookup<Account> recipient(FileDirectory directory, String address) {
        return directory.recipient(ForwardPath.parse(address), soon());
    }

    private static void eventually(BooleanSupplier what) throws InterruptedException {
        Deadline deadline = Deadline.in(Duration.ofSeconds(30));
        while (!what.getAsBoolean()) {
            assertThat(deadline.expired()).isFalse();
            Thread.sleep(20);
        }
    }

    @Test
    void recipient_byAddressAliasOrPostmaster_isTheAccount_whateverTheCase() throws Exception {
        try (FileDirectory directory = open(accounts("alice"))) {
            for (String address :
                    new String[] {"alice@example.org", "ALICE@example.org", "info@example.com", "PostMaster@example.com"
                    }) {
                assertThat(recipient(directory, address))
                        .as(address)
                        .isInstanceOfSatisfying(
                                Lookup.Known.class,
                                known -> assertThat(((Account) known.value()).mailbox())
                                        .isEqualTo("example.org/alice"));
            }
            assertThat(recipient(directory, "bob@example.org")).isInstanceOf(Lookup.Unknown.class);
            assertThat(directory.localDomain(new Domain("example.com"), soon())).isInstanceOf(Lookup.Known.class);
            assertThat(directory.localDomain(new Domain("example.net"), soon())).isInstanceOf(Lookup.Unknown.class);
        }
    }

    @Test
    void login_withRightPassword_isTheAccount_elseUnknown() throws Exception {
        try (FileDirectory directory = open(accounts("alice"))) {
            assertThat(directory.authenticate("Alice@Example.org", "geheim", soon()))
                    .isInstanceOf(Lookup.Known.class);
            assertThat(directory.authenticate("alice@example.org", "falsch", soon()))
                    .isInstanceOf(Lookup.Unknown.class);
            assertThat(directory.authenticate("alice@example.org", "", soon())).isInstanceOf(Lookup.Unknown.class);
            assertThat(directory.authenticate("bob@example.org", "geheim", soon()))
                    .isInstanceOf(Lookup.Unknown.class);
            assertThat(directory.authenticate("\0", "geheim", soon())).isInstanceOf(Lookup.Unknown.class);
        }
    }

    @Test
    void tooManyLogins_areUndetermined_neverWrong() throws Exception {
        try (FileDirectory directory = open(accounts("alice"))) {
            CountDownLatch running = new CountDownLatch(8);
            for (int i = 0; i < 8; i++) {
                Thread.ofVirtual().start(() -> {
                    directory.authenticate("alice@example.org", "falsch", soon());
                    running.countDown();
                });
            }
            assertThat(directory.authenticate("alice@example.org", "geheim", Deadline.in(Duration.ZERO)))
                    .isInstanceOfAny(Lookup.Undetermined.class, Lookup.Known.class);
            running.await();
        }
    }

    @Test
    void missingFile_isUndetermined_untilItIsThere() throws Exception {
        try (FileDirectory directory =
                FileDirectory.open(new FileDirectoryConfig(file(), Duration.ofMillis(100), 2, 100), meters)) {
            assertThat(directory.problems()).singleElement().asString().contains("no such file");
            assertThat(recipient(directory, "alice@example.org")).isInstanceOf(Lookup.Undetermined.class);
            assertThat(directory.authenticate("alice@example.org", "geheim", soon()))
                    .isInstanceOf(Lookup.Undetermined.class);

            Files.writeString(file(), accounts("alice"));

            eventually(() -> recipient(directory, "alice@example.org") instanceof Lookup.Known);
        }
    }

    @Test
    void changedFile_isUsed_brokenOneIsNot() throws Exception {
        try (FileDirectory directory = open(accounts("alice"))) {
            Files.writeString(file(), accounts("bob"));
            eventually(() -> recipient(directory, "bob@example.org") instanceof Lookup.Known);
            assertThat(recipient(directory, "alice@example.org")).isInstanceOf(Lookup.Unknown.class);

            Files.writeString(file(), "domains: [example.org]\n");
            eventually(() -> !directory.problems().isEmpty());
            assertThat(recipient(directory, "bob@example.org")).isInstanceOf(Lookup.Known.class);
            assertThat(meters.get("postern.directory.file.stale").gauge().value())
                    .isEqualTo(1);

            Files.delete(file());
            eventually(() -> directory.problems().toString().contains("no such file"));
            assertThat(recipient(directory, "bob@example.org")).isInstanceOf(Lookup.Known.class);

            Files.writeString(file(), accounts("carol"));
            eventually(() -> recipient(directory, "carol@example.org") instanceof Lookup.Known);
            assertThat(directory.problems()).isEmpty();
        }
    }

    @Test
    void contradictions_areAllReported_andHashesNever() throws Exception {
        String text = """
                domains: [example.org]
                postmaster: nobody@example.org
                accounts:
                  alice@example.org: { aliases: [x@elsewhere.org, ALICE@example.org], mailbox: ../etc }
                  bob@example.org: {}
                """;
        try (FileDirectory directory = open(text)) {
            assertThat(directory.problems())
                    .containsExactlyInAnyOrder(
                            file() + ": x@elsewhere.org: its domain is not among domains",
                            file() + ": ALICE@example.org: stands here twice (case does not count)",
                            file() + ": alice@example.org: mailbox is not a relative folder: ../etc",
                            file() + ": postmaster: nobody@example.org is not an account here");
        }
        try (FileDirectory directory = open(accounts("alice").replace("SCRAM-SHA-256$", "plainsecret"))) {
            assertThat(directory.problems())
                    .singleElement()
                    .asString()
                    .contains("is not a password hash")
                    .doesNotContain("plainsecret");
        }
    }

    @Test
    void account_withEverythingSet_isReadCompletely() throws Exception {
        try (FileDirectory directory = open("""
                domains: [example.org]
                postmaster: alice@example.org
                accounts:
                  alice@example.org:
                    forward: [Alice@example.org, alice@elsewhere.example]
                    keep-copy: false
                    reply: gone fishing
                    send-as: [sales@example.org]
                    quota-size: 10MiB
                    quota-messages: 100
                    message-size: 1MiB
                  bob@example.org: { forward: [bob@elsewhere.example], keep-copy: false }
                  carol@example.org: { status: disabled, password: "%s" }
                  dora@example.org: { status: no-access, mail-host: store2.example.org, password: "%s" }
                groups:
                  team@example.org: { members: [bob@example.org, all@example.org], aliases: [crew@example.org] }
                  all@example.org: { members: [alice@example.org, team@example.org, board@example.org] }
                  board@example.org: { members: [dora@example.org], members-only: true, bounces: bob@example.org }
                catch-all: { example.org: alice@example.org }
                """.formatted(SECRET, SECRET))) {
            assertThat(directory.problems()).isEmpty();
            Account alice = known(directory, "alice@example.org");
            assertThat(alice.delivery())
                    .isEqualTo(new Delivery.MailboxAndForward(List.of(MailAddress.parse("alice@elsewhere.example"))));
            assertThat(alice.reply()).contains("gone fishing");
            assertThat(alice.delegations()).containsExactly(MailAddress.parse("sales@example.org"));
            assertThat(alice.limits().mailboxMessages()).hasValue(100);
            assertThat(known(directory, "bob@example.org").delivery())
                    .isEqualTo(new Delivery.Forward(List.of(MailAddress.parse("bob@elsewhere.example"))));
            assertThat(known(directory, "carol@example.org").status().receives())
                    .isFalse();
            assertThat(directory.authenticate("carol@example.org", "geheim", soon()))
                    .isInstanceOf(Lookup.Unknown.class);
            assertThat(known(directory, "dora@example.org").mailHost()).contains(new Domain("store2.example.org"));
            assertThat(alice.mailHost()).isEmpty();
            assertThat(directory.authenticate("dora@example.org", "geheim", soon()))
                    .isInstanceOf(Lookup.Unknown.class);
            assertThat(known(directory, "crew@example.org").delivery().forwards())
                    .extracting(MailAddress::toString)
                    .containsExactly("bob@example.org", "alice@example.org", "board@example.org");
            assertThat(known(directory, "board@example.org").delivery())
                    .isEqualTo(new Delivery.Group(
                            List.of(MailAddress.parse("dora@example.org")),
                            new GroupRules(
                                    Optional.of(Set.of(MailAddress.parse("dora@example.org"))),
                                    false,
                                    List.of(),
                                    Optional.of(MailAddress.parse("bob@example.org")))));
            assertThat(known(directory, "whoever@example.org").address()).hasToString("alice@example.org");
            assertThat(directory
                            .explain(ForwardPath.parse("crew@example.org"), soon())
                            .steps())
                    .extracting(Explanation.Step::toString)
                    .anyMatch(step -> step.contains("an alias of team@example.org"));
        }
    }

    @Test
    void groupsAndCatchAlls_thatMakeNoSense_areReported() throws Exception {
        try (FileDirectory directory = open("""
                domains: [example.org]
                postmaster: alice@example.org
                accounts: { alice@example.org: {} }
                groups:
                  one@example.org: { members: [two@example.org] }
                  two@example.org: { members: [one@example.org] }
                  alice@example.org: { members: [x@elsewhere.example] }
                catch-all: { example.com: nobody@example.org }
                """)) {
            assertThat(String.join("\n", directory.problems()))
                    .contains("one@example.org: is a group without members")
                    .contains("alice@example.org: stands here twice")
                    .contains("example.com is not among domains")
                    .contains("nobody@example.org is not an account here");
        }
    }

    private static Account known(FileDirectory directory, String address) {
        return switch (recipient(directory, address)) {
            case Lookup.Known<Account>(Account account) -> account;
            case Lookup<Account> other -> throw new AssertionError(address + ": " + other);
        };
    }

    @Test
    void secret_isThatOfRfc7677() {
        // The StoredKey and ServerKey of the exchange in RFC 7677 section 3 (password "pencil").
        ScramSecret secret = ScramSecret.parse("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
                + "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");

        assertThat(secret.matches("pencil")).isTrue();
        assertThat(secret.matches("pencil ")).isFalse();
        assertThat(ScramSecret.parse(secret.written())).isEqualTo(secret);
        assertThat(secret.toString()).doesNotContain("WG5d");
    }

    @Test
    void secret_thatIsNone_isRefused() {
        for (String text : new String[] {"", "geheim", "SCRAM-SHA-256$1:W22ZaJ0SNY7soEsUEjb6gQ==$a:b", SECRET + "x"}) {
            assertThatThrownBy(() -> ScramSecret.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("postern password");
        }
    }

    @Test
    void canonicalLogin_isOneForAllThatFindTheSameAccount() throws Exception {
        try (FileDirectory directory = open(accounts("alice"))) {
            for (String written : new String[] {"Alice@Example.ORG", "\"alice\"@example.org", "alice@example.org"}) {
                assertThat(directory.scramCredential(written, soon())).isInstanceOf(Lookup.Known.class);
                assertThat(directory.canonicalLogin(written)).isEqualTo("alice@example.org");
            }
            for (String written : new String[] {"alice@example.org ", "alice", ""}) {
                assertThat(directory.scramCredential(written, soon())).isInstanceOf(Lookup.Unknown.class);
                assertThat(directory.canonicalLogin(written)).isEqualTo(written);
            }
        }
    }
}
