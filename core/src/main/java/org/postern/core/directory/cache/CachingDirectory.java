// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.cache;

import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.postern.core.directory.Account;
import org.postern.core.directory.Directory;
import org.postern.core.directory.Explanation;
import org.postern.core.directory.Lookup;
import org.postern.core.directory.ScramCredential;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailAddress;

/// A directory that remembers what another one said, and serves what was known while that one is down.
///
/// Addresses that differ only in case are one question. Closing it closes the other.
public final class CachingDirectory implements Directory {
    private final Directory directory;
    private final Answers<MailAddress, Account> recipients;
    private final Answers<Domain, Domain> domains;
    private final RecentLogins logins;

    /// @param meters where `postern.directory.*` goes
    public CachingDirectory(Directory directory, CacheConfig config, MeterRegistry meters) {
        this(directory, config, meters, Ticker.systemTicker());
    }

    CachingDirectory(Directory directory, CacheConfig config, MeterRegistry meters, Ticker ticker) {
        this.directory = directory;
        Semaphore questions = new Semaphore(config.questions(), true);
        recipients = new Answers<>(
                "recipient",
                config,
                questions,
                ticker,
                meters,
                (address, deadline) -> directory.recipient(new ForwardPath(address), deadline));
        domains = new Answers<>("domain", config, questions, ticker, meters, directory::localDomain);
        logins = new RecentLogins(config, ticker);
    }

    @Override
    public Lookup<Domain> localDomain(Domain domain, Deadline deadline) {
        return domains.get(domain, deadline);
    }

    @Override
    public Lookup<Account> recipient(ForwardPath recipient, Deadline deadline) {
        return recipients.get(recipient.address().foldedCase(), deadline);
    }

    @Override
    public Lookup<Account> authenticate(String login, String password, Deadline deadline) {
        Optional<Account> recent = logins.find(login, password);
        if (recent.isPresent()) {
            return new Lookup.Known<>(recent.get());
        }
        Lookup<Account> answer = directory.authenticate(login, password, deadline);
        if (answer instanceof Lookup.Known<Account>(Account account)) {
            logins.add(login, password, account);
        }
        return answer;
    }

    @Override
    public boolean offersScram() {
        return directory.offersScram();
    }

    @Override
    public String canonicalLogin(String login) {
        return directory.canonicalLogin(login);
    }

    /// Not remembered: it is as good as a password.
    @Override
    public Lookup<ScramCredential> scramCredential(String login, Deadline deadline) {
        return directory.scramCredential(login, deadline);
    }

    /// Asks the other directory; the answer is what a caller would get from here when it does not answer.
    @Override
    public Explanation explain(ForwardPath recipient, Deadline deadline) {
        MailAddress key = recipient.address().foldedCase();
        List<Explanation.Step> steps = new ArrayList<>();
        steps.add(new Explanation.Step("cache", "", key.toString(), recipients.describe(key)));
        Explanation asked = directory.explain(recipient, deadline);
        steps.addAll(asked.steps());
        Lookup<Account> answer =
                asked.answer() instanceof Lookup.Undetermined ? recipients.get(key, deadline) : asked.answer();
        return new Explanation(recipient, steps, answer);
    }

    @Override
    public Health health() {
        return directory.health();
    }

    @Override
    public List<Backend> probe(Deadline deadline) {
        return directory.probe(deadline);
    }

    /// Forgets everything; returns how many answers that were.
    public int flush() {
        logins.forget();
        return recipients.forget((_, _) -> true) + domains.forget((_, _) -> true);
    }

    /// Forgets an address, everything that leads to the account which has it, and whether its domain is ours; returns
    /// how many answers that were.
    public int flush(MailAddress address) {
        MailAddress key = address.foldedCase();
        logins.forget();
        int forgotten = domains.forget((domain, _) -> domain.equals(address.domain()));
        return forgotten
                + recipients.forget((asked, account) -> asked.equals(key)
                        || (account != null
                                && (account.address().foldedCase().equals(key)
                                        || account.aliases().stream()
                                                .anyMatch(alias ->
                                                        alias.foldedCase().equals(key)))));
    }

    @Override
    public void close() {
        directory.close();
    }
}
