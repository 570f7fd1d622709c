// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.mail.MailAddress;
import org.postern.core.mail.ReversePath;

class AccountTest {
    private static final MailAddress ALICE = MailAddress.parse("alice@example.org");
    private static final MailAddress SALES = MailAddress.parse("sales@example.org");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "alice@example.org | example.org/alice",
                "Alice.B+c@example.org | example.org/alice.b+c",
                "\"../../etc\"@example.org | example.org/%2E.%2F..%2Fetc",
                "\".\"@example.org | example.org/%2E",
                "a/b@example.org | example.org/a%2Fb",
                "jos\u00e9@example.org | example.org/jos%C3%A9",
                "a@[IPv6:2001:db8::1] | [IPv6_2001_db8__1]/a",
            })
    void defaultMailbox_isAFolderWhateverTheLocalPart(String address, String folder) {
        assertThat(Account.defaultMailbox(MailAddress.parse(address))).isEqualTo(folder);
    }

    @Test
    void defaultMailbox_ofRandomAddresses_isAcceptedAndDiffersWhereTheyDiffer() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            StringBuilder local = new StringBuilder();
            random.ints(1 + random.nextInt(10), ' ', 0x250)
                    .filter(c -> c < 0x7f || c > 0xa0)
                    .forEach(c -> local.append((char) c));
            if (local.isEmpty()) {
                continue;
            }
            MailAddress address = new MailAddress(local.toString(), ALICE.domain());
            String folder = Account.defaultMailbox(address);
            assertThat(new Account(address, Set.of(), folder).mailbox()).isEqualTo(folder);
            assertThat(folder).matches("example\\.org/[ -~&&[^/]]+");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/x", "x/", "a//b", "../x", "a/../b", "a/."})
    void account_withAFolderOutside_isRefused(String folder) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Account(ALICE, Set.of(), folder));
    }

    @Test
    void account_withTheSameFolderNameTwice_isFine() {
        assertThat(new Account(ALICE, Set.of(), "a/a").mailbox()).isEqualTo("a/a");
    }

    @Test
    void maySendAs_ownAliasAndDelegatedAddresses_only() {
        Account account = new Account(
                ALICE,
                Set.of(MailAddress.parse("Al@example.org")),
                "x",
                AccountStatus.ACTIVE,
                Optional.empty(),
                new Delivery.Mailbox(),
                Optional.empty(),
                AccountLimits.NONE,
                Set.of(SALES));

        assertThat(List.of("", "ALICE@example.org", "al@EXAMPLE.org", "sales@example.org"))
                .allMatch(sender -> account.maySendAs(ReversePath.parse(sender)));
        assertThat(account.maySendAs(ReversePath.parse("bob@example.org"))).isFalse();
    }

    @Test
    void delivery_nowhere_cannotBeWritten() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Delivery.Forward(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new Delivery.MailboxAndForward(List.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Account(
                        ALICE,
                        Set.of(),
                        "x",
                        AccountStatus.ACTIVE,
                        Optional.empty(),
                        new Delivery.ReplyOnly(),
                        Optional.empty(),
                        AccountLimits.NONE,
                        Set.of()));
    }
}
