// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.postern.core.directory.Account;
import org.postern.core.directory.AccountLimits;
import org.postern.core.directory.AccountStatus;
import org.postern.core.directory.Delivery;
import org.postern.core.directory.Directory;
import org.postern.core.directory.Lookup;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailAddress;

/// Knows everybody in one domain, example.org where nothing is said, but `nobody`; can be told to be down.
public final class FakeDirectory implements Directory {
    private final Set<MailAddress> unknown = ConcurrentHashMap.newKeySet();
    private final Map<MailAddress, Account> accounts = new ConcurrentHashMap<>();
    private final Map<String, Domain> hosts = new ConcurrentHashMap<>();
    private final Map<String, AccountLimits> limits = new ConcurrentHashMap<>();
    private volatile boolean down;

    private final String domain;

    public FakeDirectory() {
        this("example.org");
    }

    public FakeDirectory(String domain) {
        this.domain = domain;
        unknown.add(MailAddress.parse("nobody@" + domain));
    }

    /// Makes an address reach this account.
    public void put(String address, Account account) {
        accounts.put(MailAddress.parse(address), account);
    }

    /// Makes an account of example.org that delivers and answers so.
    public void put(String address, Delivery delivery, Optional<String> reply) {
        MailAddress main = MailAddress.parse(address);
        put(
                address,
                new Account(
                        main,
                        Set.of(),
                        main.domain() + "/" + main.localPart(),
                        AccountStatus.ACTIVE,
                        Optional.empty(),
                        delivery,
                        reply,
                        AccountLimits.NONE,
                        Set.of()));
    }

    /// Says on which store a mailbox lives.
    public void lives(String localPart, String mailHost) {
        hosts.put(localPart, new Domain(mailHost));
    }

    /// Changes what an account may hold.
    public void limit(String localPart, AccountLimits limit) {
        limits.put(localPart, limit);
    }

    public void down(boolean now) {
        down = now;
    }

    @Override
    public Lookup<Domain> localDomain(Domain domain, Deadline deadline) {
        return domain.name().equals(this.domain) ? new Lookup.Known<>(domain) : new Lookup.Unknown<>();
    }

    @Override
    public Lookup<Account> recipient(ForwardPath recipient, Deadline deadline) {
        if (down) {
            return new Lookup.Undetermined<>("down");
        }
        MailAddress address = recipient.address();
        Account told = accounts.get(address);
        if (told != null) {
            return new Lookup.Known<>(told);
        }
        if (!address.domain().name().equals(domain) || unknown.contains(address)) {
            return new Lookup.Unknown<>();
        }
        return new Lookup.Known<>(new Account(
                address,
                Set.of(),
                domain + "/" + address.localPart(),
                AccountStatus.ACTIVE,
                Optional.ofNullable(hosts.get(address.localPart())),
                new Delivery.Mailbox(),
                Optional.empty(),
                limits.getOrDefault(address.localPart(), AccountLimits.NONE),
                Set.of()));
    }

    @Override
    public Lookup<Account> authenticate(String login, String password, Deadline deadline) {
        return new Lookup.Unknown<>();
    }

    @Override
    public void close() {}
}
