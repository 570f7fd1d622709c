// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.file;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.postern.core.directory.Account;
import org.postern.core.directory.ScramCredential;

/// A stored password: enough to check a login in the clear or by SCRAM-SHA-256, not enough to log in with. RFC
/// 5803, written `SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey`.
public final class ScramSecret {
    /// What a new secret costs: tens of milliseconds of one core. RFC 7677 section 4 asks for at least 4,096.
    public static final int ITERATIONS = 65_536;

    private static final int ITERATIONS_MIN = 4_096;
    private static final int ITERATIONS_MAX = 10_000_000;
    private static final int SALT_OCTETS = 16;
    private static final int KEY_OCTETS = 32;
    private static final int PASSWORD_CHARACTERS_MAX = 1_024;
    private static final Pattern FORM = Pattern.compile(
            "SCRAM-SHA-256\\$(\\d{1,8}):([A-Za-z0-9+/=]{4,128})\\$([A-Za-z0-9+/=]{44}):([A-Za-z0-9+/=]{44})");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final int iterations;
    private final byte[] salt;
    private final byte[] storedKey;
    private final byte[] serverKey;

    private ScramSecret(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
        if (iterations < ITERATIONS_MIN || iterations > ITERATIONS_MAX) {
            throw new IllegalArgumentException(
                    "a password hash has " + ITERATIONS_MIN + " to " + ITERATIONS_MAX + " iterations");
        }
        this.iterations = iterations;
        this.salt = salt;
        this.storedKey = storedKey;
        this.serverKey = serverKey;
    }

    /// Reads the written form; the message of a failure never holds the text.
    public static ScramSecret parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "is not a password hash; make one with \"postern password\" and write it in quotes");
        }
        try {
            Base64.Decoder base64 = Base64.getDecoder();
            byte[] storedKey = base64.decode(matcher.group(3));
            byte[] serverKey = base64.decode(matcher.group(4));
            if (storedKey.length != KEY_OCTETS || serverKey.length != KEY_OCTETS) {
                throw new IllegalArgumentException("wrong length");
            }
            return new ScramSecret(
                    Integer.parseInt(matcher.group(1)), base64.decode(matcher.group(2)), storedKey, serverKey);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "is not a password hash; make one with \"postern password\" and write it in quotes", e);
        }
    }

    /// A new secret for a password, with a random salt.
    public static ScramSecret create(String password) {
        return create(password, ITERATIONS);
    }

    static ScramSecret create(String password, int iterations) {
        if (password.isEmpty() || password.length() > PASSWORD_CHARACTERS_MAX) {
            throw new IllegalArgumentException("a password has 1 to " + PASSWORD_CHARACTERS_MAX + " characters");
        }
        byte[] salt = new byte[SALT_OCTETS];
        RANDOM.nextBytes(salt);
        byte[] salted = saltedPassword(password, salt, iterations);
        return new ScramSecret(iterations, salt, sha256(hmac(salted, "Client Key")), hmac(salted, "Server Key"));
    }

    /// Whether this is the password. Takes as long for a wrong one as for the right one.
    public boolean matches(String password) {
        String tried = password.isEmpty() || password.length() > PASSWORD_CHARACTERS_MAX ? "\uffff" : password;
        byte[] key = sha256(hmac(saltedPassword(tried, salt, iterations), "Client Key"));
        return MessageDigest.isEqual(key, storedKey);
    }

    /// Spends the time that so many iterations take.
    static void spend(int iterations) {
        if (iterations > 0) {
            saltedPassword("x", new byte[SALT_OCTETS], iterations);
        }
    }

    ScramCredential credential(Account account) {
        return new ScramCredential(account, salt, iterations, storedKey, serverKey);
    }

    int iterations() {
        return iterations;
    }

    /// RFC 5802 section 3: `Hi(Normalize(password), salt, i)`. The JDK has no SASLprep (RFC 4013); NFKC with all
    /// kinds of spaces made one is its part that matters to what people type.
    private static byte[] saltedPassword(String password, byte[] salt, int iterations) {
        String normal = Normalizer.normalize(password, Normalizer.Form.NFKC).replaceAll("\\p{Zs}", " ");
        PBEKeySpec spec = new PBEKeySpec(normal.toCharArray(), salt, iterations, KEY_OCTETS * 8);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no PBKDF2WithHmacSHA256", e);
        } finally {
            spec.clearPassword();
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no HmacSHA256", e);
        }
    }

    private static byte[] sha256(byte[] octets) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(octets);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }

    /// The form for the accounts file.
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
