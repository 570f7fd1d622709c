// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import org.postern.core.directory.Directory;
import org.postern.core.limits.Deadline;

/// All servers, asked in order of preference. A server that does not answer costs its share of the
/// deadline, and the next is asked.
final class LdapServers implements AutoCloseable {
    private final LdapConfig config;
    private final List<LdapServer> servers;

    LdapServers(LdapConfig config, MeterRegistry meters) {
        this.config = config;
        SSLContext tls = LdapAuthorities.context(config.caFile());
        servers = config.servers().stream()
                .map(server -> new LdapServer(server, config, tls, meters))
                .toList();
        servers.forEach(LdapServer::start);
    }

    /// Looks for the one entry that matches.
    ///
    /// @param providersOnly whether replicas are left out, because one did not have something already
    Found search(Filter filter, String[] attributes, boolean providersOnly, Deadline deadline, LookupTrace trace) {
        List<String> silent = new ArrayList<>();
        for (LdapServer server : servers) {
            boolean replica = server.server().role() == LdapRole.REPLICA;
            if (replica && providersOnly) {
                continue;
            }
            Found found = !server.health().isUp()
                    ? new Found.NoAnswer("down: " + server.health().reason())
                    : server.search(filter, attributes, deadline.within(config.serverTimeout()));
            String where = server.server().toString();
            switch (found) {
                case Found.One(var entry) -> {
                    trace.step("search", where, filter, entry.getDN());
                    return found;
                }
                case Found.None() -> {
                    trace.step("search", where, filter, replica ? "no entry, but it may lag behind" : "no entry");
                    if (!replica) {
                        return found;
                    }
                    silent.add(where + " does not have it and may lag behind");
                }
                case Found.Ambiguous(String reason) -> {
                    trace.step("search", where, filter, reason);
                    return found;
                }
                case Found.NoAnswer(String reason) -> {
                    trace.step("search", where, filter, "no answer: " + reason);
                    silent.add(where + ": " + reason);
                }
            }
        }
        return new Found.NoAnswer(String.join("; ", silent));
    }

    /// Reads the one entry of this name.
    Found entry(String dn, String[] attributes, Deadline deadline, LookupTrace trace) {
        List<String> silent = new ArrayList<>();
        for (LdapServer server : servers) {
            boolean replica = server.server().role() == LdapRole.REPLICA;
            Found found = !server.health().isUp()
                    ? new Found.NoAnswer("down: " + server.health().reason())
                    : server.entry(dn, attributes, deadline.within(config.serverTimeout()));
            switch (found) {
                case Found.One(var _), Found.Ambiguous(var _) -> {
                    return found;
                }
                case Found.None() -> {
                    trace.step("read", server.server().toString(), dn, "no such entry");
                    if (!replica) {
                        return found;
                    }
                    silent.add(server.server() + " does not have it and may lag behind");
                }
                case Found.NoAnswer(String reason) -> silent.add(server.server() + ": " + reason);
            }
        }
        return new Found.NoAnswer(String.join("; ", silent));
    }

    /// Looks for all entries that match, with the first provider that answers: what a replica does not show
    /// may be there all the same.
    FoundMany searchAll(Filter filter, String[] attributes, int limit, Deadline deadline, LookupTrace trace) {
        List<String> silent = new ArrayList<>();
        for (LdapServer server : servers) {
            if (server.server().role() == LdapRole.REPLICA) {
                continue;
            }
            if (!server.health().isUp()) {
                silent.add(server.server() + ": down: " + server.health().reason());
                continue;
            }
            FoundMany found = server.searchAll(filter, attributes, limit, deadline.within(config.serverTimeout()));
            switch (found) {
                case FoundMany.Entries(var entries) -> {
                    trace.step("search", server.server().toString(), filter, entries.size() + " entries");
                    return found;
                }
                case FoundMany.NoAnswer(String reason) -> silent.add(server.server() + ": " + reason);
            }
        }
        return new FoundMany.NoAnswer(String.join("; ", silent));
    }

    /// Tries a password with the first server that answers.
    ResultCode bind(String dn, String password, Deadline deadline) throws LDAPException {
        LDAPException last = new LDAPException(ResultCode.UNAVAILABLE, "every LDAP server is down");
        for (LdapServer server : servers) {
            if (!server.health().isUp()) {
                continue;
            }
            try {
                return server.bind(dn, password, deadline.within(config.serverTimeout()));
            } catch (LDAPException e) {
                last = e;
            }
        }
        throw last;
    }

    /// Does something longer with the first provider that is up.
    <T> T useProvider(LdapPool.Work<T> work, Deadline deadline) throws LDAPException {
        LdapServer provider = servers.stream()
                .filter(server -> server.server().role() == LdapRole.PROVIDER)
                .filter(server -> server.health().isUp())
                .findFirst()
                .orElseThrow(() -> new LDAPException(ResultCode.UNAVAILABLE, "no LDAP provider is up"));
        return provider.use(work, deadline);
    }

    /// The state of each server, for people.
    List<String> states() {
        return servers.stream()
                .map(server -> server.server()
                        + (server.health().isUp()
                                ? " up"
                                : " down: " + server.health().reason()))
                .toList();
    }

    /// The servers that are down, with the reason.
    List<String> down() {
        return servers.stream()
                .filter(server -> !server.health().isUp())
                .map(server -> server.server() + " is down: " + server.health().reason())
                .toList();
    }

    /// Probes every server now, one after the other.
    List<Directory.Backend> probe(Deadline deadline) {
        return servers.stream()
                .map(server -> new Directory.Backend(
                        "LDAP " + server.server().role().name().toLowerCase(Locale.ROOT) + " " + server.server(),
                        server.probeNow(deadline)))
                .toList();
    }

    @Override
    public void close() {
        servers.forEach(LdapServer::close);
    }
}
