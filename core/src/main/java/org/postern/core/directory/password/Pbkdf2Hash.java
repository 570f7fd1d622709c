// SPDX-License-Identifier: Apache-2.0
package org.postern.core.directory.password;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// `iterations$salt$key`, as OpenLDAP's pw-pbkdf2 writes it: base64 with `.` for `+`, without padding.
final class Pbkdf2Hash {
    static final int ITERATIONS_MAX = 2_000_000;
    private static final Pattern FORM =
            Pattern.compile("(\\d{1,9})\\$([A-Za-z0-9./=]{1,200})\\$([A-Za-z0-9./=]{1,200})");

    private Pbkdf2Hash() {}

    static PasswordMatch compare(String scheme, String rest, String password) {
        Matcher form = FORM.matcher(rest);
        if (!form.matches()) {
            return PasswordMatch.UNDETERMINED;
        }
        int iterations = Integer.parseInt(form.group(1));
        byte[] expected = decode(form.group(3));
        if (iterations < 1 || iterations > ITERATIONS_MAX || expected.length < 16) {
            return PasswordMatch.UNDETERMINED;
        }
        String hmac = switch (scheme) {
            case "PBKDF2-SHA256" -> "HmacSHA256";
            case "PBKDF2-SHA512" -> "HmacSHA512";
            default -> "HmacSHA1";
        };
        byte[] key = derive(hmac, password.getBytes(StandardCharsets.UTF_8), decode(form.group(2)), iterations);
        return key.length != expected.length ? PasswordMatch.UNDETERMINED : StoredPassword.match(key, expected);
    }

    private static byte[] decode(String text) {
        return Base64.getDecoder().decode(text.replace('.', '+').replace("=", ""));
    }

    /// The first block of PBKDF2, which is as long as the hash. RFC 8018 section 5.2. On octets: the JDK's own takes
    /// characters, and makes of them what it likes.
    static byte[] derive(String hmac, byte[] password, byte[] salt, int iterations) {
        try {
            Mac mac = Mac.getInstance(hmac);
            // An HMAC key may be empty in the standard, but not in the JDK; zeroes mean the same.
            mac.init(new SecretKeySpec(password.length == 0 ? new byte[1] : password, hmac));
            mac.update(salt);
            byte[] block = mac.doFinal(new byte[] {0, 0, 0, 1});
            byte[] key = block.clone();
            for (int round = 1; round < iterations; round++) {
                block = mac.doFinal(block);
                for (int i = 0; i < key.length; i++) {
                    key[i] ^= block[i];
                }
            }
            return key;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + hmac, e);
        }
    }
}
