// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.postern.core.directory.Account;
import org.postern.core.directory.Lookup;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ForwardPath;

/// A server with the accounts alice and bob, and a directory that asks it.
final class LdapSite implements AutoCloseable {
    final MemoryServer server;
    final TestConfig settings;
    private LdapDirectory directory;

    LdapSite() throws Exception {
        server = new MemoryServer();
        settings = new TestConfig(server.address(LdapRole.PROVIDER));
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
        directory = new LdapDirectory(settings.config(), new SimpleMeterRegistry());
    }

    LdapDirectory directory() {
        return directory;
    }

    /// Opens the directory anew, with the settings as they are now.
    void restart() {
        directory.close();
        directory = new LdapDirectory(settings.config(), new SimpleMeterRegistry());
    }

    static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    Lookup<Account> recipient(String address) {
        return directory.recipient(ForwardPath.parse(address), soon());
    }

    Account known(String address) {
        return switch (recipient(address)) {
            case Lookup.Known<Account>(Account account) -> account;
            case Lookup<Account> other -> throw new AssertionError(address + ": " + other);
        };
    }

    @Override
    public void close() {
        directory.close();
        server.close();
    }
}
