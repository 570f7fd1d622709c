// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.password;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.postern.core.directory.Account;
import org.postern.core.directory.ScramCredential;

/// What is stored for SCRAM-SHA-256, in one of two written forms: `SCRAM-SHA-256$4096:salt$stored:server` (RFC 5803)
/// and `{SCRAM-SHA-256}4096,salt,stored,server` (Dovecot).
public final class ScramSecret {
    private static final String BASE64 = "([A-Za-z0-9+/=]{1,200})";
    private static final Pattern RFC5803 = Pattern.compile(
            "(?i:SCRAM-SHA-256)\\s*\\$\\s*(\\d{1,9}):" + BASE64 + "\\s*\\$\\s*" + BASE64 + ":" + BASE64 + "\\s*");
    private static final Pattern DOVECOT =
            Pattern.compile("(?i:\\{SCRAM-SHA-256})(\\d{1,9})," + BASE64 + "," + BASE64 + "," + BASE64);
    private static final int ITERATIONS_MIN = 4096;
    private static final int KEY_OCTETS = 32;

    private final int iterations;
    private final byte[] salt;
    private final byte[] storedKey;
    private final byte[] serverKey;

    private ScramSecret(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
        this.iterations = iterations;
        this.salt = salt;
        this.storedKey = storedKey;
        this.serverKey = serverKey;
    }

    /// Empty where the text is neither form, or has fewer than 4096 iterations or more than are allowed.
    public static Optional<ScramSecret> parse(String text) {
        Matcher form = RFC5803.matcher(text);
        if (!form.matches()) {
            form = DOVECOT.matcher(text);
            if (!form.matches()) {
                return Optional.empty();
            }
        }
        try {
            int iterations = Integer.parseInt(form.group(1));
            byte[] salt = Base64.getDecoder().decode(form.group(2));
            byte[] storedKey = Base64.getDecoder().decode(form.group(3));
            byte[] serverKey = Base64.getDecoder().decode(form.group(4));
            boolean good = iterations >= ITERATIONS_MIN
                    && iterations <= Pbkdf2Hash.ITERATIONS_MAX
                    && salt.length > 0
                    && storedKey.length == KEY_OCTETS
                    && serverKey.length == KEY_OCTETS;
            return good ? Optional.of(new ScramSecret(iterations, salt, storedKey, serverKey)) : Optional.empty();
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    /// For the exchange with the client.
    public ScramCredential credential(Account account) {
        return new ScramCredential(account, salt, iterations, storedKey, serverKey);
    }

    /// StoredKey is H(HMAC(SaltedPassword, "Client Key")). RFC 5802 section 3.
    PasswordMatch compare(String password) {
        byte[] salted = Pbkdf2Hash.derive("HmacSHA256", password.getBytes(StandardCharsets.UTF_8), salt, iterations);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(salted, "HmacSHA256"));
            byte[] clientKey = mac.doFinal("Client Key".getBytes(StandardCharsets.US_ASCII));
            return StoredPassword.match(MessageDigest.getInstance("SHA-256").digest(clientKey), storedKey);
        } catch (NoSuchAlgorithmException e) {
            return PasswordMatch.UNDETERMINED;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
