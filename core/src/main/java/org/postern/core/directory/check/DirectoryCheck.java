// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postern.core.directory.Account;
import org.postern.core.directory.Directory;
import org.postern.core.directory.Lookup;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailAddress;

/// Reads all accounts once and looks for [Problem]s. Used by one thread; keeps every account in memory while it runs.
public final class DirectoryCheck {
    private final Directory directory;
    private final Set<Domain> stores;
    private final Deadline deadline;
    private final List<Problem> problems = new ArrayList<>();
    private final Map<MailAddress, Account> owners = new LinkedHashMap<>();
    private final Map<Domain, Boolean> ours = new HashMap<>();

    private DirectoryCheck(Directory directory, Set<Domain> stores, Deadline deadline) {
        this.directory = directory;
        this.stores = stores;
        this.deadline = deadline;
    }

    /// Checks all accounts of the source.
    ///
    /// @param directory what is asked for addresses that no account claims (catch-alls), and for domains
    /// @param stores the hosts of all stores; empty where hosts are not to be checked
    public static List<Problem> run(AccountSource source, Directory directory, Set<Domain> stores, Deadline deadline) {
        return new DirectoryCheck(directory, Set.copyOf(stores), deadline).run(source);
    }

    private List<Problem> run(AccountSource source) {
        List<Account> accounts = new ArrayList<>();
        Optional<String> unfinished = source.forEachAccount(
                listed -> {
                    switch (listed) {
                        case AccountSource.Listed.Good(Account account) -> accounts.add(account);
                        case AccountSource.Listed.Deleted(var _) -> {}
                        case AccountSource.Listed.Bad(String name, String reason) ->
                            problems.add(new Problem.UnusableEntry(name, reason));
                    }
                },
                deadline);
        unfinished.ifPresent(reason -> problems.add(new Problem.Unfinished(reason)));
        addressesAndFolders(accounts);
        accounts.forEach(this::host);
        if (unfinished.isEmpty()) {
            accounts.forEach(this::forwards);
            loops(accounts);
        }
        return List.copyOf(problems);
    }

    private void addressesAndFolders(List<Account> accounts) {
        Map<MailAddress, List<MailAddress>> claims = new LinkedHashMap<>();
        Map<String, List<MailAddress>> folders = new LinkedHashMap<>();
        for (Account account : accounts) {
            Set<MailAddress> addresses = new LinkedHashSet<>(List.of(account.address()));
            account.aliases().forEach(alias -> addresses.add(alias.foldedCase()));
            for (MailAddress address : addresses) {
                claims.computeIfAbsent(address, _ -> new ArrayList<>()).add(account.address());
                owners.putIfAbsent(address, account);
                if (!isOurs(address.domain())) {
                    problems.add(new Problem.ForeignDomain(account.address(), address));
                }
            }
            if (account.delivery().toMailbox()) {
                String place = account.mailHost().map(Domain::name).orElse("") + ":" + account.mailbox();
                folders.computeIfAbsent(place, _ -> new ArrayList<>()).add(account.address());
            }
        }
        claims.forEach((address, claimants) -> {
            if (claimants.size() > 1) {
                problems.add(new Problem.DuplicateAddress(address, claimants));
            }
        });
        folders.forEach((place, sharers) -> {
            if (sharers.size() > 1) {
                problems.add(new Problem.SharedMailbox(place.substring(place.indexOf(':') + 1), sharers));
            }
        });
    }

    private boolean isOurs(Domain domain) {
        return ours.computeIfAbsent(domain, asked -> switch (directory.localDomain(asked, deadline)) {
            case Lookup.Known<Domain>(var _), Lookup.Undetermined<Domain>(var _) -> true;
            case Lookup.Unknown<Domain>() -> false;
        });
    }

    private void host(Account account) {
        account.mailHost()
                .filter(host -> !stores.isEmpty() && !stores.contains(host))
                .ifPresent(host -> problems.add(new Problem.UnknownHost(account.address(), host)));
    }

    private void forwards(Account account) {
        for (MailAddress target : account.delivery().forwards()) {
            if (isOurs(target.domain()) && owner(target).isEmpty()) {
                problems.add(new Problem.DanglingForward(account.address(), target));
            }
        }
    }

    /// Who gets mail for an address, catch-alls included; what is undetermined is taken to exist.
    private Optional<Account> owner(MailAddress address) {
        Account listed = owners.get(address.foldedCase());
        if (listed != null) {
            return Optional.of(listed);
        }
        return switch (directory.recipient(new ForwardPath(address), deadline)) {
            case Lookup.Known<Account>(Account account) -> Optional.of(account);
            case Lookup.Unknown<Account>() -> Optional.empty();
            case Lookup.Undetermined<Account>(String reason) -> {
                problems.add(new Problem.Unfinished(address + ": " + reason));
                yield Optional.of(new Account(address.foldedCase(), Set.of(), Account.defaultMailbox(address)));
            }
        };
    }

    private void loops(List<Account> accounts) {
        Set<MailAddress> done = new LinkedHashSet<>();
        for (Account account : accounts) {
            follow(account, new ArrayList<>(), done);
        }
    }

    /// Depth first; an account that was followed once is not followed again.
    private void follow(Account account, List<MailAddress> path, Set<MailAddress> done) {
        int seen = path.indexOf(account.address());
        if (seen >= 0) {
            problems.add(new Problem.ForwardLoop(path.subList(seen, path.size())));
            return;
        }
        if (!done.add(account.address())) {
            return;
        }
        path.add(account.address());
        for (MailAddress target : account.delivery().forwards()) {
            if (isOurs(target.domain())) {
                Account next = owners.get(target.foldedCase());
                if (next != null) {
                    follow(next, path, done);
                }
            }
        }
        path.removeLast();
    }
}
