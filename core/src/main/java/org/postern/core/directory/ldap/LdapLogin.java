// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.ldap;

import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchResultEntry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.postern.core.directory.Account;
import org.postern.core.directory.Lookup;
import org.postern.core.directory.password.PasswordMatch;
import org.postern.core.directory.password.PasswordVerifier;
import org.postern.core.limits.Deadline;

/// Finds who logs in, and checks the password.
final class LdapLogin implements AutoCloseable {
    /// Longer names and passwords are nobody's.
    private static final int LENGTH_MAX = 1024;

    /// Whose login it is.
    sealed interface Who {
        record Known(SearchResultEntry entry, Account account) implements Who {}

        record Nobody() implements Who {}

        record NoAnswer(String reason) implements Who {}
    }

    private final LdapConfig config;
    private final LdapSchema schema;
    private final FilterTemplate filter;
    private final LdapServers servers;
    private final EntryReader reader;
    private final PasswordVerifier verifier = new PasswordVerifier();

    LdapLogin(LdapConfig config, LdapServers servers, EntryReader reader) {
        this.config = config;
        this.servers = servers;
        this.reader = reader;
        schema = config.effectiveSchema();
        filter = FilterTemplate.parse("schema.login-filter", schema.loginFilter());
    }

    Lookup<Account> authenticate(String name, String password, Deadline deadline) {
        Deadline pause = deadline.within(config.loginPause());
        Lookup<Account> answer = check(name, password, deadline);
        if (answer instanceof Lookup.Unknown) {
            await(pause);
        }
        return answer;
    }

    private Lookup<Account> check(String name, String password, Deadline deadline) {
        // A bind with an empty password is an anonymous one, and succeeds. RFC 4513 section 5.1.2.
        if (password.isEmpty() || password.length() > LENGTH_MAX || password.indexOf('\0') >= 0) {
            return new Lookup.Unknown<>();
        }
        return switch (find(name, deadline)) {
            case Who.Known(SearchResultEntry entry, Account account) -> {
                if (!account.status().mayLogIn()) {
                    yield new Lookup.Unknown<>();
                }
                yield switch (config.passwords()) {
                    case BIND -> bind(entry, account, password, deadline);
                    case STORED -> compare(entry, account, password, deadline);
                };
            }
            case Who.Nobody() -> new Lookup.Unknown<>();
            case Who.NoAnswer(String reason) -> new Lookup.Undetermined<>(reason);
        };
    }

    Who find(String name, Deadline deadline) {
        if (name.isEmpty() || name.length() > LENGTH_MAX || name.indexOf('\0') >= 0) {
            return new Who.Nobody();
        }
        Found found = servers.search(
                filter.with(Map.of("{login}", name)), schema.loginAttributes(), false, deadline, LookupTrace.NONE);
        return switch (found) {
            case Found.One(SearchResultEntry entry) when reader.isGroup(entry) -> new Who.Nobody();
            case Found.One(SearchResultEntry entry) ->
                switch (reader.read(entry)) {
                    case EntryAnswer.Usable(Account account) -> new Who.Known(entry, account);
                    case EntryAnswer.Deleted() -> new Who.Nobody();
                    case EntryAnswer.Unusable(String reason) -> new Who.NoAnswer(reason);
                };
            case Found.None() -> new Who.Nobody();
            case Found.Ambiguous(String reason) -> new Who.NoAnswer("login \"" + name + "\": " + reason);
            case Found.NoAnswer(String reason) -> new Who.NoAnswer(reason);
        };
    }

    private Lookup<Account> bind(SearchResultEntry entry, Account account, String password, Deadline deadline) {
        try {
            ResultCode code = servers.bind(entry.getDN(), password, deadline);
            if (code.equals(ResultCode.SUCCESS)) {
                return new Lookup.Known<>(account);
            }
            // No such entry any more, or one without a password: as good as a wrong one.
            boolean wrong = code.equals(ResultCode.INVALID_CREDENTIALS)
                    || code.equals(ResultCode.NO_SUCH_OBJECT)
                    || code.equals(ResultCode.INAPPROPRIATE_AUTHENTICATION);
            return wrong
                    ? new Lookup.Unknown<>()
                    : new Lookup.Undetermined<>("bind as " + entry.getDN() + " answered " + code);
        } catch (LDAPException e) {
            return new Lookup.Undetermined<>("bind as " + entry.getDN() + ": " + LdapServer.describe(e));
        }
    }

    private Lookup<Account> compare(SearchResultEntry entry, Account account, String password, Deadline deadline) {
        PasswordMatch match = verifier.compare(EntryReader.values(entry, schema.password()), password, deadline);
        return switch (match) {
            case RIGHT -> new Lookup.Known<>(account);
            case WRONG -> new Lookup.Unknown<>();
            case UNDETERMINED ->
                new Lookup.Undetermined<>(entry.getDN() + ": its " + schema.password()
                        + " is missing, in a form that is not understood, or there was no time to compare it");
        };
    }

    /// How long a refusal takes must not tell why.
    private static void await(Deadline until) {
        try {
            Duration left = until.remaining();
            if (left.isPositive()) {
                TimeUnit.NANOSECONDS.sleep(left.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        verifier.close();
    }
}
