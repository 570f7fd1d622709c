// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.postern.core.directory.Account;
import org.postern.core.directory.Lookup;
import org.postern.core.directory.TokenVerifier;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailAddress;

/// The token `valid` is Alice's; of `unclear` nobody can say anything.
final class FakeTokens implements TokenVerifier {
    private static final MailAddress ALICE = MailAddress.parse("alice@here.example");

    /// How often it was asked.
    final AtomicInteger asked = new AtomicInteger();

    @Override
    public Lookup<Account> verify(Optional<String> login, String token, Deadline deadline) {
        asked.incrementAndGet();
        if (token.equals("unclear")) {
            return new Lookup.Undetermined<>("the provider does not answer");
        }
        return token.equals("valid") && login.orElse(ALICE.toString()).equals(ALICE.toString())
                ? new Lookup.Known<>(new Account(ALICE, Set.of(), "here.example/alice"))
                : new Lookup.Unknown<>();
    }
}
