// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.file;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postern.core.config.ConfigException;
import org.postern.core.directory.Account;
import org.postern.core.directory.Directory;
import org.postern.core.directory.Explanation;
import org.postern.core.directory.Lookup;
import org.postern.core.directory.ScramCredential;
import org.postern.core.directory.check.AccountSource;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A directory in one file, read again when it changes.
///
/// A changed file replaces the old state as a whole, and only when nothing is wrong with it; a broken or vanished
/// one keeps the old state and says so in the log and in `postern.directory.file.stale`. As long as the file was
/// never read, every answer is `Undetermined`.
///
/// Any thread asks; one virtual thread of its own watches the file; `accounts` is replaced by that thread only.
public final class FileDirectory implements Directory, AccountSource {
    private static final Logger LOG = LoggerFactory.getLogger(FileDirectory.class);
    private static final ByteSize FILE_MAX = ByteSize.ofMiB(64);

    private final FileDirectoryConfig config;
    private final MeterRegistry meters;
    private final Semaphore hashing;
    private final Thread watcher;
    private volatile @Nullable Accounts accounts;
    private volatile List<String> problems = List.of();

    /// What tells one state of the file from another without reading it.
    private record Fingerprint(Optional<BasicFacts> facts) {}

    private record BasicFacts(long modified, long size, String key) {}

    private FileDirectory(FileDirectoryConfig config, MeterRegistry meters) {
        this.config = config;
        this.meters = meters;
        this.hashing = new Semaphore(config.hashingMax(), true);
        // Taken before the file is read: a change while it is read then counts as one.
        Fingerprint first = fingerprint();
        this.watcher = Thread.ofVirtual().name("file-directory").unstarted(() -> watch(first));
        meters.gauge("postern.directory.file.accounts", this, directory -> directory.size());
        meters.gauge("postern.directory.file.stale", this, directory -> directory.problems.isEmpty() ? 0 : 1);
    }

    /// Reads the file and begins to watch it. Does not fail when the file cannot be used: see [#problems()].
    public static FileDirectory open(FileDirectoryConfig config, MeterRegistry meters) {
        FileDirectory directory = new FileDirectory(config, meters);
        directory.load();
        directory.watcher.start();
        return directory;
    }

    /// What is wrong with the file as it stands now, one line each; empty when it is in use.
    public List<String> problems() {
        return problems;
    }

    private int size() {
        Accounts now = accounts;
        return now == null ? 0 : now.size();
    }

    /// All accounts are in memory.
    @Override
    public boolean answersAtOnce() {
        return true;
    }

    @Override
    public Lookup<Domain> localDomain(Domain domain, Deadline deadline) {
        return ask((known, question) -> known.has(question) ? Optional.of(question) : Optional.empty(), domain);
    }

    @Override
    public Lookup<Account> recipient(ForwardPath recipient, Deadline deadline) {
        return ask(Accounts::account, recipient.address());
    }

    private <Q, T> Lookup<T> ask(BiFunction<Accounts, Q, Optional<T>> look, Q question) {
        Accounts now = accounts;
        if (now == null) {
            return new Lookup.Undetermined<>(config.file() + " was never read");
        }
        return look.apply(now, question).<Lookup<T>>map(Lookup.Known::new).orElseGet(Lookup.Unknown::new);
    }

    @Override
    public Explanation explain(ForwardPath recipient, Deadline deadline) {
        List<Explanation.Step> steps = new ArrayList<>();
        Accounts now = accounts;
        String file = config.file().toString();
        if (now != null) {
            MailAddress address = recipient.address();
            steps.add(new Explanation.Step("file", file, "", now.size() + " accounts and groups in use"));
            problems.forEach(problem -> steps.add(new Explanation.Step("file", file, "not in use", problem)));
            steps.add(new Explanation.Step(
                    "local-domain",
                    "",
                    address.domain().name(),
                    now.has(address.domain()) ? "in the list of domains" : "not in the list of domains"));
            steps.add(new Explanation.Step("account", "", address.foldedCase().toString(), now.how(address)));
        }
        return new Explanation(recipient, steps, recipient(recipient, deadline));
    }

    @Override
    public Optional<String> forEachAccount(Consumer<Listed> each, Deadline deadline) {
        Accounts now = accounts;
        if (now == null) {
            return Optional.of(config.file() + " was never read");
        }
        now.all().forEach(account -> each.accept(new Listed.Good(account)));
        return Optional.empty();
    }

    @Override
    public Health health() {
        return new Health(accounts != null, String.join("; ", problems));
    }

    @Override
    public List<Backend> probe(Deadline deadline) {
        List<String> now = problems;
        return List.of(new Backend(
                "accounts file " + config.file(),
                now.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", now))));
    }

    @Override
    public Lookup<Account> authenticate(String login, String password, Deadline deadline) {
        try {
            if (!hashing.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                return new Lookup.Undetermined<>(
                        "more than hashing-max (" + config.hashingMax() + ") logins at once until the deadline");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Lookup.Undetermined<>("interrupted while waiting to check a password");
        }
        try {
            return ask((known, who) -> known.login(who, password), address(login));
        } finally {
            hashing.release();
        }
    }

    /// Passwords stand in the file in no other form.
    @Override
    public boolean offersScram() {
        return true;
    }

    @Override
    public Lookup<ScramCredential> scramCredential(String login, Deadline deadline) {
        return ask(Accounts::credential, address(login));
    }

    @Override
    public String canonicalLogin(String login) {
        return address(login).map(address -> address.foldedCase().toString()).orElse(login);
    }

    private static Optional<MailAddress> address(String login) {
        try {
            return Optional.of(MailAddress.parse(login));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// A change counts only when the file looks the same twice, so that a file in the middle of being written,
    /// which may well be valid as far as it goes, is not taken for one with fewer accounts.
    private void watch(Fingerprint first) {
        Fingerprint loaded = first;
        Fingerprint before = first;
        try {
            while (true) {
                Thread.sleep(config.checkEvery());
                Fingerprint now = fingerprint();
                if (!now.equals(loaded) && now.equals(before)) {
                    load();
                    loaded = now;
                }
                before = now;
            }
        } catch (InterruptedException e) {
            LOG.debug("the watch over {} ends", config.file());
        }
    }

    private Fingerprint fingerprint() {
        try {
            BasicFileAttributes facts = Files.readAttributes(config.file(), BasicFileAttributes.class);
            return new Fingerprint(Optional.of(new BasicFacts(
                    facts.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                    facts.size(),
                    Objects.toString(facts.fileKey(), ""))));
        } catch (IOException e) {
            return new Fingerprint(Optional.empty());
        }
    }

    private void load() {
        boolean first = accounts == null;
        try {
            Accounts read = Accounts.parse(config.file(), text(config.file()), config.accountsMax());
            accounts = read;
            problems = List.of();
            meters.counter("postern.directory.file.loads", "result", "used").increment();
            LOG.info("{}: {} accounts in use", config.file(), read.size());
        } catch (ConfigException e) {
            problems = e.problems();
            meters.counter("postern.directory.file.loads", "result", "refused").increment();
            LOG.warn(
                    "{} {}: {}",
                    config.file(),
                    first ? "cannot be used, so no recipient can be told yet" : "is broken, the state before it stays",
                    String.join("; ", e.problems()));
        }
    }

    private static String text(Path file) {
        try {
            if (Files.size(file) > FILE_MAX.bytes()) {
                throw new ConfigException(file + ": is larger than " + FILE_MAX);
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new ConfigException(file + ": no such file; make one with \"postern init\"");
        } catch (AccessDeniedException e) {
            throw new ConfigException(file + ": may not be read by " + System.getProperty("user.name"));
        } catch (IOException e) {
            throw new ConfigException(file + ": cannot be read: " + e);
        }
    }

    @Override
    public void close() {
        watcher.interrupt();
        try {
            watcher.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
