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
import org.postern.core.mail.Domain;
import org.postern.core.mail.MailAddress;

/// One state of the accounts file, checked as a whole. Immutable.
final class Accounts {
    /// The file as it is written.
    record Written(
            @Doc("The domains whose mail is ours.") List<Domain> domains,

            @Doc("The account that gets the mail of postmaster at every domain.")
            MailAddress postmaster,

            @Doc("The accounts by their address.") Map<MailAddress, WrittenAccount> accounts) {}

    /// One account as it is written.
    record WrittenAccount(
            @Doc("The password's hash as \"postern password\" prints it; without one, nobody logs in.")
            Optional<ScramSecret> password,

            @Doc("Further addresses that reach the account.") @Default("[]")
            List<MailAddress> aliases,

            @Doc("The mailbox folder below the store's mail folder; DOMAIN/LOCAL-PART where none is given.")
            Optional<String> mailbox) {}

    private final Set<Domain> domains;
    private final Map<MailAddress, Account> byAddress = new HashMap<>();
    private final Map<MailAddress, ScramSecret> secrets = new HashMap<>();
    private final int iterationsMax;

    private Accounts(Written written) {
        domains = Set.copyOf(written.domains());
        written.accounts().forEach((address, account) -> {
            Account made = account(address, account);
            byAddress.put(made.address(), made);
            made.aliases().forEach(alias -> byAddress.put(alias.foldedCase(), made));
            account.password().ifPresent(secret -> secrets.put(made.address(), secret));
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
        if (written.accounts().size() > accountsMax) {
            problems.add(
                    "has " + written.accounts().size() + " accounts, more than accounts-max (" + accountsMax + ")");
        }
        Set<Domain> domains = Set.copyOf(written.domains());
        Set<MailAddress> taken = new HashSet<>();
        written.accounts().forEach((address, account) -> {
            LinkedHashSet<MailAddress> own = new LinkedHashSet<>(account.aliases());
            own.addFirst(address);
            for (MailAddress each : own) {
                if (!domains.contains(each.domain())) {
                    problems.add(each + ": its domain is not among domains");
                }
                if (!taken.add(each.foldedCase())) {
                    problems.add(each + ": stands here twice (case does not count)");
                }
            }
            try {
                account(address, account);
            } catch (IllegalArgumentException e) {
                problems.add(address + ": mailbox is " + e.getMessage());
            }
        });
        if (!taken.contains(written.postmaster().foldedCase())) {
            problems.add("postmaster: " + written.postmaster() + " is not an account here");
        }
        return List.copyOf(problems);
    }

    private static Account account(MailAddress address, WrittenAccount written) {
        MailAddress folded = address.foldedCase();
        String mailbox = written.mailbox().orElseGet(() -> Account.defaultMailbox(folded));
        return new Account(folded, new LinkedHashSet<>(written.aliases()), mailbox);
    }

    boolean has(Domain domain) {
        return domains.contains(domain);
    }

    Optional<Account> account(MailAddress address) {
        return Optional.ofNullable(byAddress.get(address.foldedCase()));
    }

    /// The account of the main address, if this is its password. Always takes the time of the costliest hash here.
    Optional<Account> login(Optional<MailAddress> login, String password) {
        Optional<MailAddress> main = login.map(MailAddress::foldedCase).filter(secrets::containsKey);
        ScramSecret secret = main.map(secrets::get).orElse(null);
        if (secret == null) {
            ScramSecret.spend(iterationsMax);
            return Optional.empty();
        }
        boolean right = secret.matches(password);
        ScramSecret.spend(iterationsMax - secret.iterations());
        return right ? main.map(byAddress::get) : Optional.empty();
    }

    /// What SCRAM needs to check the login of this main address.
    Optional<ScramCredential> credential(Optional<MailAddress> login) {
        return login.map(MailAddress::foldedCase).flatMap(main -> {
            ScramSecret secret = secrets.get(main);
            Account account = byAddress.get(main);
            return secret == null || account == null ? Optional.empty() : Optional.of(secret.credential(account));
        });
    }

    int size() {
        return (int) byAddress.values().stream().distinct().count();
    }
}
