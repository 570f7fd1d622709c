// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.password;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.postern.core.directory.Account;
import org.postern.core.directory.ScramCredential;

/// What is stored for SCRAM-SHA-256: enough to check a login in the clear or by SCRAM, not enough to log in with.
/// Written `SCRAM-SHA-256$4096:salt$StoredKey:ServerKey` (RFC 5803), or `{SCRAM-SHA-256}4096,salt,stored,server`
/// (Dovecot).
public final class ScramSecret {
    /// What a new secret costs: tens of milliseconds of one core. RFC 7677 section 4 asks for at least 4,096.
    public static final int ITERATIONS = 65_536;

    private static final String BASE64 = "([A-Za-z0-9+/=]{1,200})";
    private static final Pattern RFC5803 = Pattern.compile(
            "(?i:SCRAM-SHA-256)\\s*\\$\\s*(\\d{1,9}):" + BASE64 + "\\s*\\$\\s*" + BASE64 + ":" + BASE64 + "\\s*");
    private static final Pattern DOVECOT =
            Pattern.compile("(?i:\\{SCRAM-SHA-256})(\\d{1,9})," + BASE64 + "," + BASE64 + "," + BASE64);
    private static final int ITERATIONS_MIN = 4096;
    private static final int SALT_OCTETS = 16;
    private static final int KEY_OCTETS = 32;
    private static final int PASSWORD_CHARACTERS_MAX = 1024;
    private static final SecureRandom RANDOM = new SecureRandom();

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
    public static Optional<ScramSecret> read(String text) {
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

    /// As [#read], for settings; the message of the `IllegalArgumentException` never holds the text.
    public static ScramSecret parse(String text) {
        return read(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        "is not a password hash; make one with \"postern password\" and write it in quotes"));
    }

    /// A new secret for a password, with a random salt.
    public static ScramSecret create(String password) {
        return create(password, ITERATIONS);
    }

    /// As above, at a cost of one's own: 4096 iterations or more.
    public static ScramSecret create(String password, int iterations) {
        if (password.isEmpty() || password.length() > PASSWORD_CHARACTERS_MAX) {
            throw new IllegalArgumentException("a password has 1 to " + PASSWORD_CHARACTERS_MAX + " characters");
        }
        if (iterations < ITERATIONS_MIN || iterations > Pbkdf2Hash.ITERATIONS_MAX) {
            throw new IllegalArgumentException(
                    "a password hash has " + ITERATIONS_MIN + " to " + Pbkdf2Hash.ITERATIONS_MAX + " iterations");
        }
        byte[] salt = new byte[SALT_OCTETS];
        RANDOM.nextBytes(salt);
        byte[] salted = salted(normal(password), salt, iterations);
        return new ScramSecret(iterations, salt, storedKey(salted), hmac(salted, "Server Key"));
    }

    /// For the exchange with the client.
    public ScramCredential credential(Account account) {
        return new ScramCredential(account, salt, iterations, storedKey, serverKey);
    }

    /// Takes the time of its iterations, twice where the password is not in normal form and does not match.
    public boolean matches(String password) {
        if (password.length() > PASSWORD_CHARACTERS_MAX) {
            return false;
        }
        String normal = normal(password);
        // Some programs that write such secrets do not normalise.
        return isStored(normal) || (!normal.equals(password) && isStored(password));
    }

    private boolean isStored(String password) {
        return MessageDigest.isEqual(storedKey(salted(password, salt, iterations)), storedKey);
    }

    PasswordMatch compare(String password) {
        return matches(password) ? PasswordMatch.RIGHT : PasswordMatch.WRONG;
    }

    /// Spends the time that [#matches] takes for this password where it is wrong, at so many iterations.
    public static void spend(String password, int iterations) {
        if (iterations > 0 && password.length() <= PASSWORD_CHARACTERS_MAX) {
            String normal = normal(password);
            salted(normal, new byte[SALT_OCTETS], iterations);
            if (!normal.equals(password)) {
                salted(password, new byte[SALT_OCTETS], iterations);
            }
        }
    }

    public int iterations() {
        return iterations;
    }

    /// RFC 5802 section 2.2 asks for SASLprep (RFC 4013), which the JDK has not; NFKC with all kinds of spaces made
    /// one is its part that matters to what people type.
    private static String normal(String password) {
        return Normalizer.normalize(password, Normalizer.Form.NFKC).replaceAll("\\p{Zs}", " ");
    }

    /// `Hi(password, salt, i)`. RFC 5802 section 2.2.
    private static byte[] salted(String password, byte[] salt, int iterations) {
        return Pbkdf2Hash.derive("HmacSHA256", password.getBytes(StandardCharsets.UTF_8), salt, iterations);
    }

    /// StoredKey is H(HMAC(SaltedPassword, "Client Key")). RFC 5802 section 3.
    private static byte[] storedKey(byte[] salted) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(hmac(salted, "Client Key"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    /// The form of RFC 5803.
    public String written() {
        Base64.Encoder base64 = Base64.getEncoder();
        return "SCRAM-SHA-256$" + iterations + ":" + base64.encodeToString(salt) + "$"
                + base64.encodeToString(storedKey) + ":" + base64.encodeToString(serverKey);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ScramSecret that && written().equals(that.written());
    }

    @Override
    public int hashCode() {
        return ByteBuffer.wrap(storedKey).getInt();
    }

    /// Says nothing, so that no log ever holds it.
    @Override
    public String toString() {
        return "ScramSecret";
    }
}
