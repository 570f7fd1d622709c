// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.postern.core.directory.Account;

/// Right passwords, for seconds, as salted digests under a key that never leaves this object. Wrong ones are not kept.
final class RecentLogins {
    private static final String HMAC = "HmacSHA256";
    private static final int SIZE_MAX = 10_000;

    private static final HexFormat HEX = HexFormat.of();

    /// Both in hexadecimal.
    private record Login(String salt, String digest, Account account) {}

    private final SecureRandom random = new SecureRandom();
    private final SecretKeySpec key;
    private final Cache<String, Login> logins;

    RecentLogins(CacheConfig config, Ticker ticker) {
        byte[] octets = new byte[32];
        random.nextBytes(octets);
        key = new SecretKeySpec(octets, HMAC);
        logins = Caffeine.newBuilder()
                .maximumSize(config.loginFor().isZero() ? 0 : SIZE_MAX)
                .expireAfterWrite(config.loginFor())
                .ticker(ticker)
                .build();
    }

    Optional<Account> find(String name, String password) {
        Login login = logins.getIfPresent(name);
        return login != null
                        && MessageDigest.isEqual(
                                HEX.parseHex(login.digest()), digest(HEX.parseHex(login.salt()), name, password))
                ? Optional.of(login.account())
                : Optional.empty();
    }

    void add(String name, String password, Account account) {
        byte[] salt = new byte[16];
        random.nextBytes(salt);
        logins.put(name, new Login(HEX.formatHex(salt), HEX.formatHex(digest(salt, name, password)), account));
    }

    void forget() {
        logins.invalidateAll();
    }

    private byte[] digest(byte[] salt, String name, String password) {
        try {
            byte[] octets = name.getBytes(StandardCharsets.UTF_8);
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            mac.update(salt);
            mac.update(ByteBuffer.allocate(4).putInt(octets.length).flip());
            mac.update(octets);
            return mac.doFinal(password.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + HMAC, e);
        }
    }
}
