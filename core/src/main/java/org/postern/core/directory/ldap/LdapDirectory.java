// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchResultEntry;
import io.micrometer.core.instrument.MeterRegistry;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.postern.core.directory.Account;
import org.postern.core.directory.Directory;
import org.postern.core.directory.Explanation;
import org.postern.core.directory.Lookup;
import org.postern.core.directory.ScramCredential;
import org.postern.core.directory.check.AccountSource;
import org.postern.core.directory.password.ScramSecret;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.Domain;
import org.postern.core.mail.ForwardPath;
import org.postern.core.mail.MailAddress;

/// Accounts in LDAP servers. It keeps no answers: put a cache before it.
///
/// Any thread may ask; a question blocks it no longer than its deadline.
public final class LdapDirectory implements Directory, AccountSource {
    private final LdapConfig config;
    private final LdapSchema schema;
    private final FilterTemplate recipientFilter;
    private final Optional<FilterTemplate> domainFilter;
    private final Set<Domain> domains;
    private final Candidates candidates;
    private final EntryReader reader;
    private final LdapGroups groups;
    private final LdapServers servers;
    private final LdapLogin login;

    /// Starts to probe the servers; does not wait for them. Throws `IllegalArgumentException` where the CA file cannot
    /// be used.
    public LdapDirectory(LdapConfig config, MeterRegistry meters) {
        this.config = config;
        schema = config.effectiveSchema();
        recipientFilter = FilterTemplate.parse("schema.recipient-filter", schema.recipientFilter());
        domainFilter = config.domainFilter().map(filter -> FilterTemplate.parse("domain-filter", filter));
        domains = Set.copyOf(config.domains());
        candidates = new Candidates(config.extensionSeparator(), config.detailSeparator(), schema.catchAll());
        reader = new EntryReader(config, candidates);
        servers = new LdapServers(config, meters);
        groups = new LdapGroups(schema, this::filter, reader, servers);
        login = new LdapLogin(config, servers, reader);
    }

    @Override
    public Lookup<Domain> localDomain(Domain domain, Deadline deadline) {
        return localDomain(domain, deadline, LookupTrace.NONE);
    }

    private Lookup<Domain> localDomain(Domain domain, Deadline deadline, LookupTrace trace) {
        if (domains.contains(domain) || config.domainAliases().containsKey(domain)) {
            trace.step("local-domain", "", domain, "in the list of domains");
            return new Lookup.Known<>(domain);
        }
        if (domainFilter.isEmpty()) {
            trace.step("local-domain", "", domain, "not in the list of domains");
            return new Lookup.Unknown<>();
        }
        Filter filter = domainFilter.get().with(Map.of("{domain}", domain.name()));
        return switch (servers.search(filter, new String[] {"1.1"}, false, deadline, trace)) {
            // Two entries for one domain: it is ours all the same.
            case Found.One(var _), Found.Ambiguous(var _) -> new Lookup.Known<>(domain);
            case Found.None() -> new Lookup.Unknown<>();
            case Found.NoAnswer(String reason) -> new Lookup.Undetermined<>(reason);
        };
    }

    @Override
    public Lookup<Account> recipient(ForwardPath recipient, Deadline deadline) {
        return recipient(recipient, deadline, LookupTrace.NONE);
    }

    private Lookup<Account> recipient(ForwardPath recipient, Deadline deadline, LookupTrace trace) {
        MailAddress written = recipient.address().foldedCase();
        MailAddress meant = meant(written);
        if (!meant.equals(written)) {
            trace.step("domain-alias", "", written.domain(), meant.domain().name());
        }
        List<MailAddress> wanted = candidates.of(meant);
        Found found = search(List.of(wanted.getFirst()), false, deadline, trace);
        if (found instanceof Found.None && wanted.size() > 1) {
            List<MailAddress> others = wanted.subList(1, wanted.size());
            // Most that get here do not exist at all: one question instead of one for each extension.
            found = search(others, true, deadline, trace);
            if (found instanceof Found.Ambiguous && others.size() > 1) {
                found = bestOf(others, deadline, trace);
            }
        }
        return account(found, deadline, trace);
    }

    private MailAddress meant(MailAddress address) {
        return new MailAddress(
                address.localPart(), config.domainAliases().getOrDefault(address.domain(), address.domain()));
    }

    private Found bestOf(List<MailAddress> wanted, Deadline deadline, LookupTrace trace) {
        for (MailAddress address : wanted) {
            Found found = search(List.of(address), true, deadline, trace);
            if (!(found instanceof Found.None)) {
                return found;
            }
        }
        return new Found.NoAnswer("the directory changed between two questions");
    }

    private Found search(List<MailAddress> any, boolean providersOnly, Deadline deadline, LookupTrace trace) {
        List<Filter> filters = any.stream().map(this::filter).toList();
        Filter filter = filters.size() == 1 ? filters.getFirst() : Filter.createORFilter(filters);
        return servers.search(filter, schema.accountAttributes(), providersOnly, deadline, trace);
    }

    private Filter filter(MailAddress address) {
        MailAddress meant = meant(address);
        return recipientFilter.with(Map.of(
                "{address}", meant.toString(),
                "{local}", meant.localPart(),
                "{domain}", meant.domain().name()));
    }

    private EntryAnswer read(SearchResultEntry entry, Deadline deadline, LookupTrace trace) {
        return reader.isGroup(entry) ? groups.read(entry, deadline, trace) : reader.read(entry);
    }

    private Lookup<Account> account(Found found, Deadline deadline, LookupTrace trace) {
        return switch (found) {
            case Found.One(SearchResultEntry entry) -> {
                EntryAnswer answer = read(entry, deadline, trace);
                trace.step("entry", "", entry.getDN(), answer.words());
                yield switch (answer) {
                    case EntryAnswer.Usable(Account account) -> new Lookup.Known<>(account);
                    case EntryAnswer.Deleted() -> new Lookup.Unknown<>();
                    case EntryAnswer.Unusable(String reason) -> new Lookup.Undetermined<>(reason);
                };
            }
            case Found.None() -> new Lookup.Unknown<>();
            case Found.Ambiguous(String reason) -> new Lookup.Undetermined<>(reason);
            case Found.NoAnswer(String reason) -> new Lookup.Undetermined<>(reason);
        };
    }

    @Override
    public Lookup<Account> authenticate(String name, String password, Deadline deadline) {
        return login.authenticate(name, password, deadline);
    }

    /// Where the operator names the attribute that holds the credentials.
    @Override
    public boolean offersScram() {
        return config.schema().scram().isPresent();
    }

    /// As caseIgnoreMatch has it. RFC 4518
    @Override
    public String canonicalLogin(String login) {
        return Normalizer.normalize(login, Normalizer.Form.NFKC)
                .strip()
                .replaceAll("\\s+", " ")
                .toLowerCase(Locale.ROOT);
    }

    @Override
    public Lookup<ScramCredential> scramCredential(String name, Deadline deadline) {
        return switch (login.find(name, deadline)) {
            case LdapLogin.Who.Known(SearchResultEntry entry, Account account) -> {
                if (!account.status().mayLogIn()) {
                    yield new Lookup.Unknown<>();
                }
                Optional<ScramSecret> secret = Stream.concat(
                                EntryReader.values(entry, schema.scram()).stream(),
                                EntryReader.values(entry, schema.password()).stream())
                        .flatMap(value -> ScramSecret.read(value).stream())
                        .findFirst();
                yield secret.isPresent()
                        ? new Lookup.Known<>(secret.get().credential(account))
                        : new Lookup.Unknown<>();
            }
            case LdapLogin.Who.Nobody() -> new Lookup.Unknown<>();
            case LdapLogin.Who.NoAnswer(String reason) -> new Lookup.Undetermined<>(reason);
        };
    }

    @Override
    public Health health() {
        List<String> down = servers.down();
        return new Health(down.size() < config.servers().size(), String.join("; ", down));
    }

    @Override
    public List<Backend> probe(Deadline deadline) {
        return servers.probe(deadline);
    }

    @Override
    public Explanation explain(ForwardPath recipient, Deadline deadline) {
        LookupTrace.Kept trace = new LookupTrace.Kept();
        servers.states().forEach(state -> trace.step("server", "", state, "in order of preference"));
        localDomain(recipient.address().domain(), deadline, trace);
        Lookup<Account> answer = recipient(recipient, deadline, trace);
        return new Explanation(recipient, trace.steps(), answer);
    }

    @Override
    public Optional<String> forEachAccount(Consumer<Listed> each, Deadline deadline) {
        // Their members are looked up afterwards: the listing has a connection, and they need one.
        List<SearchResultEntry> later = new ArrayList<>();
        Consumer<SearchResultEntry> entries = entry -> {
            if (reader.isGroup(entry)) {
                later.add(entry);
            } else {
                each.accept(listed(entry, reader.read(entry)));
            }
        };
        try {
            servers.useProvider(
                    connection -> LdapListing.list(connection, config, schema, entries, deadline), deadline);
            for (SearchResultEntry group : later) {
                if (deadline.expired()) {
                    return Optional.of("the groups were not all looked up in time");
                }
                each.accept(listed(group, groups.read(group, deadline, LookupTrace.NONE)));
            }
            return Optional.empty();
        } catch (LDAPException e) {
            return Optional.of(
                    e.getResultCode().equals(ResultCode.SIZE_LIMIT_EXCEEDED)
                            ? "the server shows bind-dn only some of the entries; OpenLDAP shows all of them with: limits"
                                    + " dn.exact=\"" + config.bindDn() + "\" size.prtotal=unlimited"
                            : LdapServer.describe(e));
        }
    }

    private static Listed listed(SearchResultEntry entry, EntryAnswer answer) {
        return switch (answer) {
            case EntryAnswer.Usable(Account account) -> new Listed.Good(account);
            case EntryAnswer.Deleted() -> new Listed.Deleted(entry.getDN());
            case EntryAnswer.Unusable(String reason) -> new Listed.Bad(entry.getDN(), reason);
        };
    }

    @Override
    public void close() {
        login.close();
        servers.close();
    }
}
