// SPDX-License-Identifier: Apache-2.0
package org.postern.core.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/// Counts failed logins by address and by account, and says when there were too many. One for all ways to log in that
/// shall share their counts. Any thread.
///
/// Whoever guesses one account's password from many addresses is stopped by the account's count. So that nobody is
/// locked out by that, an address that has logged in to an account before neither adds to that count nor is held up by
/// it.
public final class LoginLimits {
    private static final Duration REMEMBERED_SUCCESS = Duration.ofDays(30);
    private static final int ACCOUNT_MAX = 320;

    /// So often everybody mistypes a password.
    private static final int MISTAKES = 3;

    private final LoginLimitsConfig config;
    private final LeakyCounters<AddressKey> addresses;
    private final LeakyCounters<String> accounts;
    private final Cache<Pair, Boolean> succeeded;
    private final Cache<AddressKey, Boolean> userAddresses;

    private record Pair(AddressKey address, String account) {}

    /// @param nanoTime monotonic nanoseconds
    public LoginLimits(LoginLimitsConfig config, LongSupplier nanoTime) {
        this.config = config;
        this.addresses = new LeakyCounters<>(config.perAddress(), config.remembered(), nanoTime);
        this.accounts = new LeakyCounters<>(config.perAccount(), config.remembered(), nanoTime);
        this.succeeded = remembering(config.remembered(), nanoTime);
        this.userAddresses = remembering(config.remembered(), nanoTime);
    }

    private static <K> Cache<K, Boolean> remembering(int most, LongSupplier nanoTime) {
        return Caffeine.newBuilder()
                .maximumSize(most)
                .expireAfterWrite(REMEMBERED_SUCCESS)
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /// Whether a login may be tried: to be asked before the directory is.
    ///
    /// @param account the name as the client gave it; case does not matter. Empty where it gave none, as logins
    ///     by token need not: then the address alone counts
    public boolean mayTry(InetAddress client, String account) {
        AddressKey address = AddressKey.ofClient(client);
        String name = name(account);
        return addresses.hasRoom(address)
                && (name.isEmpty()
                        || accounts.hasRoom(name)
                        || succeeded.getIfPresent(new Pair(address, name)) != null);
    }

    /// Counts a login that failed because of a wrong name or password.
    ///
    /// @return how long the answer should be kept back
    public Duration failed(InetAddress client, String account) {
        AddressKey address = AddressKey.ofClient(client);
        String name = name(account);
        addresses.add(address);
        if (!name.isEmpty() && succeeded.getIfPresent(new Pair(address, name)) == null) {
            accounts.add(name);
        }
        int doublings = Math.clamp(addresses.count(address) - (long) MISTAKES, 0, 16);
        Duration pause = config.pause().multipliedBy(1L << doublings);
        return pause.compareTo(config.pauseMax()) < 0 ? pause : config.pauseMax();
    }

    /// Remembers a login that succeeded; the failures of the address stay counted, for one right guess proves nothing
    /// about the others.
    public void succeeded(InetAddress client, String account) {
        AddressKey address = AddressKey.ofClient(client);
        succeeded.put(new Pair(address, name(account)), true);
        userAddresses.put(address, true);
    }

    /// Whether somebody logged in from there in the last 30 days.
    public boolean isUserAddress(InetAddress client) {
        return userAddresses.getIfPresent(AddressKey.ofClient(client)) != null;
    }

    private static String name(String account) {
        String cut = account.length() > ACCOUNT_MAX ? account.substring(0, ACCOUNT_MAX) : account;
        return cut.toLowerCase(Locale.ROOT);
    }
}
