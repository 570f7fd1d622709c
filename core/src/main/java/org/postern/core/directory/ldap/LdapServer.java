// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import static java.util.Objects.requireNonNull;

import com.unboundid.ldap.sdk.DereferencePolicy;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPSearchException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResult;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.postern.core.limits.Deadline;

/// One server: its connections and its health.
final class LdapServer implements AutoCloseable {
    private final LdapConfig config;
    private final LdapServerConfig server;
    private final LdapConnector connector;
    private final LdapPool searches;
    private final LdapPool logins;
    private final LdapHealth health;

    LdapServer(LdapServerConfig server, LdapConfig config, SSLContext tls, MeterRegistry meters) {
        this.config = config;
        this.server = server;
        connector = new LdapConnector(server, config, tls);
        searches = new LdapPool("ldap-search " + server, config.connections(), connector::bound);
        logins = new LdapPool("ldap-login " + server, config.connections(), connector::unbound);
        health = new LdapHealth(server.toString(), config.probeInterval(), this::probe);
        Tags tags = Tags.of("server", server.toString());
        meters.gauge("postern.directory.ldap.up", tags, health, each -> each.isUp() ? 1 : 0);
        meters.gauge("postern.directory.ldap.busy", tags, searches, LdapPool::busy);
    }

    void start() {
        health.start();
    }

    LdapServerConfig server() {
        return server;
    }

    LdapHealth health() {
        return health;
    }

    /// Looks for the one entry that matches; `None` is what this server knows.
    Found search(Filter filter, String[] attributes, Deadline deadline) {
        try {
            SearchResult result =
                    run(searches, connection -> connection.search(request(filter, attributes, 2, deadline)), deadline);
            if (result.getReferenceCount() > 0 && !config.ignoreReferences()) {
                return new Found.NoAnswer("it points to other servers");
            }
            return switch (result.getEntryCount()) {
                case 0 -> new Found.None();
                case 1 ->
                    new Found.One(requireNonNull(result.getSearchEntries()).getFirst());
                default -> new Found.Ambiguous("more than one entry matches");
            };
        } catch (LDAPException e) {
            return e.getResultCode().equals(ResultCode.SIZE_LIMIT_EXCEEDED)
                    ? new Found.Ambiguous("more entries match than the server shows")
                    : new Found.NoAnswer(describe(e));
        }
    }

    /// Reads the entry of this name.
    Found entry(String dn, String[] attributes, Deadline deadline) {
        try {
            SearchRequest request = request(Filter.createPresenceFilter("objectClass"), attributes, 1, deadline);
            request.setBaseDN(dn);
            request.setScope(SearchScope.BASE);
            SearchResult result = run(searches, connection -> connection.search(request), deadline);
            return result.getEntryCount() == 0
                    ? new Found.None()
                    : new Found.One(requireNonNull(result.getSearchEntries()).getFirst());
        } catch (LDAPException e) {
            // A name that is none, or that lies elsewhere, names nobody here.
            boolean nobody = e.getResultCode().equals(ResultCode.NO_SUCH_OBJECT)
                    || e.getResultCode().equals(ResultCode.INVALID_DN_SYNTAX);
            return nobody ? new Found.None() : new Found.NoAnswer(describe(e));
        }
    }

    /// Looks for every entry that matches; more than `limit` are no answer.
    FoundMany searchAll(Filter filter, String[] attributes, int limit, Deadline deadline) {
        try {
            SearchResult result = run(
                    searches, connection -> connection.search(request(filter, attributes, limit, deadline)), deadline);
            return result.getReferenceCount() > 0 && !config.ignoreReferences()
                    ? new FoundMany.NoAnswer("it points to other servers")
                    : new FoundMany.Entries(requireNonNull(result.getSearchEntries()));
        } catch (LDAPException e) {
            return new FoundMany.NoAnswer(describe(e));
        }
    }

    /// Asks it now whether it works; empty when it does.
    Optional<String> probeNow(Deadline deadline) {
        CompletableFuture<Optional<String>> outcome = new CompletableFuture<>();
        Thread.ofVirtual().name("ldap-probe-now " + server).start(() -> {
            try {
                probe();
                outcome.complete(Optional.empty());
            } catch (LDAPException | RuntimeException e) {
                outcome.complete(Optional.of(LdapProblem.of(e)));
            }
        });
        try {
            return outcome.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return Optional.of("no answer in time");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    /// Tries a password: empty when the server said yes, else why not.
    ResultCode bind(String dn, String password, Deadline deadline) throws LDAPException {
        try {
            run(
                    logins,
                    connection -> {
                        SimpleBindRequest bind = new SimpleBindRequest(dn, password);
                        bind.setResponseTimeoutMillis(Math.max(1, deadline.remainingMillis()));
                        return connection.bind(bind);
                    },
                    deadline);
            return ResultCode.SUCCESS;
        } catch (LDAPException e) {
            if (e.getResultCode().isConnectionUsable()) {
                return e.getResultCode();
            }
            throw e;
        }
    }

    /// Does something longer on a search connection, such as listing.
    <T> T use(LdapPool.Work<T> work, Deadline deadline) throws LDAPException {
        return run(searches, work, deadline);
    }

    private <T> T run(LdapPool pool, LdapPool.Work<T> work, Deadline deadline) throws LDAPException {
        // Less time than this says nothing about the server.
        boolean fair = deadline.remaining().compareTo(config.serverTimeout().dividedBy(2)) >= 0;
        try {
            T result = pool.run(work, deadline);
            health.answered();
            return result;
        } catch (LDAPException e) {
            judge(e, fair);
            throw e;
        }
    }

    private void judge(LDAPException e, boolean fair) {
        ResultCode code = e.getResultCode();
        if (code.equals(ResultCode.CONNECT_ERROR) || code.equals(ResultCode.SERVER_DOWN)) {
            health.failed(describe(e), true);
            searches.closeIdle();
            logins.closeIdle();
        } else if (code.equals(ResultCode.TIMEOUT)) {
            if (fair) {
                health.failed(describe(e), false);
            }
        } else if (code.equals(ResultCode.BUSY)
                || code.equals(ResultCode.UNAVAILABLE)
                || code.equals(ResultCode.USER_CANCELED)) {
            // Too much to do is not the same as dead.
            return;
        } else if (code.isConnectionUsable()) {
            health.answered();
        } else {
            health.failed(describe(e), false);
        }
    }

    /// Connects anew, binds, reads the base entry, and looks whether accounts are to be seen: wrong attribute names, a
    /// lost access right and an empty replica all look like "no such recipient" otherwise.
    private void probe() throws LDAPException {
        LDAPConnection connection = connector.bound();
        try {
            SearchRequest base =
                    request(Filter.createPresenceFilter("objectClass"), new String[] {"1.1"}, 1, patience());
            base.setScope(SearchScope.BASE);
            if (connection.search(base).getEntryCount() != 1) {
                throw new LDAPException(
                        ResultCode.NO_SUCH_OBJECT, "base-dn " + config.baseDn() + " is not to be seen there");
            }
            if (config.probeAccounts() && !showsAccounts(connection)) {
                throw new LDAPException(
                        ResultCode.NO_SUCH_OBJECT,
                        "no account is to be seen below " + config.baseDn() + " with "
                                + config.effectiveSchema().accountFilter()
                                + ": it is empty, or bind-dn may not read it, or the filter is wrong");
            }
        } finally {
            connection.close();
        }
    }

    private boolean showsAccounts(LDAPConnection connection) throws LDAPException {
        try {
            Filter accounts = Filter.createANDFilter(
                    Filter.create(config.effectiveSchema().accountFilter()),
                    Filter.createPresenceFilter(config.effectiveSchema().mail()));
            return connection
                            .search(request(accounts, new String[] {"1.1"}, 1, patience()))
                            .getEntryCount()
                    > 0;
        } catch (LDAPSearchException e) {
            if (e.getResultCode().equals(ResultCode.SIZE_LIMIT_EXCEEDED)) {
                return true;
            }
            throw e;
        }
    }

    private Deadline patience() {
        return Deadline.in(config.serverTimeout());
    }

    private SearchRequest request(Filter filter, String[] attributes, int limit, Deadline deadline) {
        Duration left = deadline.remaining();
        SearchRequest request = new SearchRequest(
                config.baseDn(),
                SearchScope.SUB,
                DereferencePolicy.NEVER,
                limit,
                Math.toIntExact(left.toSeconds() + 1),
                false,
                filter,
                attributes);
        request.setResponseTimeoutMillis(Math.max(1, deadline.remainingMillis()));
        request.setFollowReferrals(false);
        return request;
    }

    static String describe(LDAPException e) {
        return LdapProblem.of(e);
    }

    @Override
    public void close() {
        health.close();
        searches.close();
        logins.close();
    }
}
