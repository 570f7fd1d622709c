// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The SHA-256 of all octets of a message: two messages with the same one are the same message.
///
/// @param hex 64 lower-case hexadecimal digits
public record ContentDigest(String hex) {
    /// @param sha256 32 octets
    public static ContentDigest of(byte[] sha256) {
        if (sha256.length != 32) {
            throw new IllegalArgumentException("a SHA-256 has 32 octets, not " + sha256.length);
        }
        return new ContentDigest(HexFormat.of().formatHex(sha256));
    }

    /// Reads the content to its end.
    ///
    /// @throws IOException when that fails
    public static ContentDigest of(MessageContent content) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            content.writeTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            return of(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
