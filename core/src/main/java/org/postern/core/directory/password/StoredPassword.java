// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.password;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A password as it is stored: `{SSHA512}…`, `{CRYPT}$6$…`, `{ARGON2}$argon2id$…`, `{SCRAM-SHA-256}…` and their like.
final class StoredPassword {
    private static final Pattern FORM = Pattern.compile("\\{([A-Za-z0-9._/-]{1,32})}(.*)", Pattern.DOTALL);
    private static final Pattern TRADITIONAL_CRYPT = Pattern.compile("[./0-9A-Za-z]{13}");
    private static final int LENGTH_MAX = 1024;

    private StoredPassword() {}

    /// Compares; takes as long as the stored form asks for. Never throws because of what is stored.
    static PasswordMatch compare(String stored, String password) {
        if (stored.length() > LENGTH_MAX) {
            return PasswordMatch.UNDETERMINED;
        }
        try {
            Matcher form = FORM.matcher(stored);
            if (form.matches()) {
                return compare(form.group(1).toUpperCase(Locale.ROOT), form.group(2), password);
            }
            // qmail-ldap and others leave {CRYPT} out. Clear text is never accepted.
            return stored.startsWith("$") || TRADITIONAL_CRYPT.matcher(stored).matches()
                    ? CryptHash.compare(stored, password)
                    : PasswordMatch.UNDETERMINED;
        } catch (IllegalArgumentException e) {
            return PasswordMatch.UNDETERMINED;
        }
    }

    private static PasswordMatch compare(String scheme, String rest, String password) {
        return switch (scheme) {
            case "MD5", "SMD5" -> digest("MD5", rest, password);
            case "SHA", "SHA1", "SSHA" -> digest("SHA-1", rest, password);
            case "SHA256", "SSHA256" -> digest("SHA-256", rest, password);
            case "SHA384", "SSHA384" -> digest("SHA-384", rest, password);
            case "SHA512", "SSHA512" -> digest("SHA-512", rest, password);
            case "PBKDF2", "PBKDF2-SHA1", "PBKDF2-SHA256", "PBKDF2-SHA512" ->
                Pbkdf2Hash.compare(scheme, rest, password);
            case "CRYPT", "MD5-CRYPT", "SHA256-CRYPT", "SHA512-CRYPT", "BLF-CRYPT", "DES-CRYPT" ->
                CryptHash.compare(rest, password);
            case "ARGON2", "ARGON2I", "ARGON2ID" -> Argon2Hash.compare(rest, password);
            case "SCRAM-SHA-256" -> scram(rest, password);
            default -> PasswordMatch.UNDETERMINED;
        };
    }

    private static PasswordMatch scram(String rest, String password) {
        Optional<ScramSecret> secret = ScramSecret.read("{SCRAM-SHA-256}" + rest);
        return secret.isEmpty() ? PasswordMatch.UNDETERMINED : secret.get().compare(password);
    }

    /// The digest, followed by the salt where there is one. RFC 2307 section 5.3.
    private static PasswordMatch digest(String algorithm, String base64, String password) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            byte[] both = Base64.getDecoder().decode(base64.strip());
            int length = digest.getDigestLength();
            if (both.length < length) {
                return PasswordMatch.UNDETERMINED;
            }
            digest.update(password.getBytes(StandardCharsets.UTF_8));
            digest.update(both, length, both.length - length);
            return match(digest.digest(), Arrays.copyOf(both, length));
        } catch (NoSuchAlgorithmException e) {
            return PasswordMatch.UNDETERMINED;
        }
    }

    /// Takes the same time wherever they differ.
    static PasswordMatch match(byte[] one, byte[] other) {
        return MessageDigest.isEqual(one, other) ? PasswordMatch.RIGHT : PasswordMatch.WRONG;
    }
}
