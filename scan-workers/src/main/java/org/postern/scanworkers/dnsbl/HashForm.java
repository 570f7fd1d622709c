// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.dnsbl;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.apache.commons.codec.binary.Base32;

/// How a hash list writes what it lists, as one label.
public enum HashForm {
    /// MD5 in hexadecimal.
    MD5("MD5", false),
    /// SHA-1 in hexadecimal, as msbl.org's EBL.
    SHA1("SHA-1", false),
    /// SHA-1 in base32.
    SHA1_BASE32("SHA-1", true),
    /// SHA-256 in base32 without padding, as Spamhaus' HBL; in hexadecimal it would be too long for a label.
    SHA256_BASE32("SHA-256", true);

    private final String algorithm;
    private final boolean base32;

    HashForm(String algorithm, boolean base32) {
        this.algorithm = algorithm;
        this.base32 = base32;
    }

    /// The label of a text.
    String of(String text) {
        try {
            return label(MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has " + algorithm, e);
        }
    }

    /// The label of a hash. RFC 4648 section 6 or 8; case does not matter in DNS.
    String label(byte[] hash) {
        String text = base32
                ? new Base32().encodeToString(hash).replace("=", "")
                : HexFormat.of().formatHex(hash);
        return text.toLowerCase(Locale.ROOT);
    }
}
