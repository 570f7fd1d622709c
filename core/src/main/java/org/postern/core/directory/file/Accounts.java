// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.file;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postern.core.config.ConfigException;
import org.postern.core.config.ConfigFile;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.directory.Account;
import org.postern.core.directory.ScramCredential;
import org.postern.core.directory.password.ScramSecret;
import org.postern.core.mail.Domain;
import org.postern.core.mail.MailAddress;

/// One state of the accounts file, checked as a whole. Immutable.
final class Accounts {
    /// The file as it is written.
    record Written(
            @Doc("The domains whose mail is ours.") List<Domain> domains,

            @Doc("The account that gets the mail of postmaster at every domain.")
            MailAddress postmaster,

            @Doc("The accounts by their address.") Map<MailAddress, WrittenAccount> accounts,

            @Doc("The groups by their address.") @Default("{}")
            Map<MailAddress, WrittenGroup> groups,

            @Doc("Who gets the mail for addresses of a domain that nobody has: domain: address.") @Default("{}")
            Map<Domain, MailAddress> catchAll) {}

    private final Set<Domain> domains;
    private final Map<MailAddress, Account> byAddress = new HashMap<>();
    private final Map<Domain, Account> catchAll = new HashMap<>();
    private final Map<MailAddress, ScramSecret> secrets = new HashMap<>();
    private final int iterationsMax;

    private Accounts(Written written) {
        domains = Set.copyOf(written.domains());
        written.accounts().forEach((address, account) -> {
            Account made = account.account(address);
            byAddress.put(made.address(), made);
            made.aliases().forEach(alias -> byAddress.put(alias.foldedCase(), made));
            account.password().ifPresent(secret -> secrets.put(made.address(), secret));
        });
        Map<MailAddress, Account> alone = Map.copyOf(byAddress);
        Groups groups = new Groups(written.groups(), alone);
        written.groups().forEach((address, group) -> {
            Account made = groups.account(address, group);
            byAddress.put(made.address(), made);
            made.aliases().forEach(alias -> byAddress.put(alias.foldedCase(), made));
        });
        written.catchAll().forEach((domain, address) -> {
            Account account = byAddress.get(address.foldedCase());
            if (account != null) {
                catchAll.put(domain, account);
            }
        });
        Account postmaster = byAddress.get(written.postmaster().foldedCase());
        if (postmaster != null) {
            domains.forEach(domain -> byAddress.putIfAbsent(new MailAddress("postmaster", domain), postmaster));
        }
        iterationsMax = secrets.values().stream()
                .mapToInt(ScramSecret::iterations)
                .max()
                .orElse(ScramSecret.ITERATIONS);
    }

    /// Reads the text of the file; throws [ConfigException] with everything that is wrong with it.
    static Accounts parse(Path file, String text, int accountsMax) {
        Written written = ConfigFile.parse(file.toString(), ConfigFile.folderOf(file), text, List.of(), Written.class);
        List<String> problems = problems(written, accountsMax);
        if (!problems.isEmpty()) {
            throw new ConfigException(
                    problems.stream().map(problem -> file + ": " + problem).toList());
        }
        return new Accounts(written);
    }

    private static List<String> problems(Written written, int accountsMax) {
        LinkedHashSet<String> problems = new LinkedHashSet<>();
        if (written.domains().isEmpty()) {
            problems.add("domains must name at least one domain");
        }
        int size = written.accounts().size() + written.groups().size();
        if (size > accountsMax) {
            problems.add("has " + size + " accounts and groups, more than accounts-max (" + accountsMax + ")");
        }
        Set<Domain> domains = Set.copyOf(written.domains());
        Set<MailAddress> taken = new HashSet<>();
        Map<MailAddress, Account> made = new HashMap<>();
        written.accounts().forEach((address, account) -> {
            claim(address, account.aliases(), domains, taken, problems);
            try {
                made.put(address.foldedCase(), account.account(address));
            } catch (IllegalArgumentException e) {
                problems.add(address + ": mailbox is " + e.getMessage());
            }
        });
        Groups groups = new Groups(written.groups(), made);
        written.groups().forEach((address, group) -> {
            claim(address, group.aliases(), domains, taken, problems);
            try {
                groups.account(address, group);
            } catch (IllegalArgumentException e) {
                problems.add(address + ": " + e.getMessage());
            }
        });
        written.catchAll().forEach((domain, address) -> {
            if (!domains.contains(domain)) {
                problems.add("catch-all: " + domain + " is not among domains");
            }
            if (!taken.contains(address.foldedCase())) {
                problems.add("catch-all: " + address + " is not an account here");
            }
        });
        if (!taken.contains(written.postmaster().foldedCase())) {
            problems.add("postmaster: " + written.postmaster() + " is not an account here");
        }
        return List.copyOf(problems);
    }

    private static void claim(
            MailAddress address,
            List<MailAddress> aliases,
            Set<Domain> domains,
            Set<MailAddress> taken,
            Set<String> problems) {
        LinkedHashSet<MailAddress> own = new LinkedHashSet<>(aliases);
        own.addFirst(address);
        for (MailAddress each : own) {
            if (!domains.contains(each.domain())) {
                problems.add(each + ": its domain is not among domains");
            }
            if (!taken.add(each.foldedCase())) {
                problems.add(each + ": stands here twice (case does not count)");
            }
        }
    }

    boolean has(Domain domain) {
        return domains.contains(domain);
    }

    /// Who has the address, or catches what nobody has.
    Optional<Account> account(MailAddress address) {
        Account own = byAddress.get(address.foldedCase());
        return own != null ? Optional.of(own) : Optional.ofNullable(catchAll.get(address.domain()));
    }

    /// How an address came to its account, for people.
    String how(MailAddress address) {
        Account own = byAddress.get(address.foldedCase());
        if (own == null) {
            Account caught = catchAll.get(address.domain());
            return caught == null ? "nobody has it" : "caught by " + caught.address();
        }
        return own.address().equals(address.foldedCase())
                ? "the address of an account"
                : "an alias of " + own.address();
    }

    List<Account> all() {
        return byAddress.values().stream().distinct().toList();
    }

    /// The account of the main address, if this is its password. Always takes the time of the costliest hash here.
    Optional<Account> login(Optional<MailAddress> login, String password) {
        Optional<MailAddress> main = login.map(MailAddress::foldedCase).filter(secrets::containsKey);
        ScramSecret secret = main.map(secrets::get).orElse(null);
        if (secret == null) {
            ScramSecret.spend(password, iterationsMax);
            return Optional.empty();
        }
        boolean right = secret.matches(password);
        ScramSecret.spend(password, iterationsMax - secret.iterations());
        return right
                ? main.map(byAddress::get).filter(account -> account.status().mayLogIn())
                : Optional.empty();
    }

    /// What SCRAM needs to check the login of this main address.
    Optional<ScramCredential> credential(Optional<MailAddress> login) {
        return login.map(MailAddress::foldedCase).flatMap(main -> {
            ScramSecret secret = secrets.get(main);
            Account account = byAddress.get(main);
            return secret == null || account == null || !account.status().mayLogIn()
                    ? Optional.empty()
                    : Optional.of(secret.credential(account));
        });
    }

    int size() {
        return all().size();
    }
}
