// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.signing;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

/// The relaxed forms of header fields and bodies. RFC 6376 sections 3.4.2 and 3.4.4.
final class Relaxed {
    private Relaxed() {}

    /// A field without its last CRLF.
    ///
    /// @param field as it stands; octets as ISO-8859-1 characters
    static String field(String field) {
        int colon = field.indexOf(':');
        String name = field.substring(0, colon).stripTrailing().toLowerCase(Locale.ROOT);
        String value = field.substring(colon + 1).replace("\r\n", "").replaceAll("[ \t]+", " ");
        int start = value.startsWith(" ") ? 1 : 0;
        int end = value.endsWith(" ") && value.length() > start ? value.length() - 1 : value.length();
        return name + ":" + value.substring(start, end);
    }

    /// The SHA-256 of a body, read to its end: blanks at the end of a line are nothing, others are one, and
    /// empty lines at the end are nothing.
    static byte[] bodyHash(InputStream in) throws IOException {
        MessageDigest sha256;
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
        byte[] block = new byte[64 * 1024];
        byte[] out = new byte[3 * block.length];
        long emptyLines = 0;
        boolean blank = false;
        boolean content = false;
        boolean cr = false;
        for (int n = in.read(block); n >= 0; n = in.read(block)) {
            int at = 0;
            for (int i = 0; i < n; i++) {
                byte octet = block[i];
                if (octet == '\n' && cr) {
                    // A line ends: it counts once something that is not empty follows, or was in it.
                    cr = false;
                    blank = false;
                    if (content) {
                        out[at++] = '\r';
                        out[at++] = '\n';
                        content = false;
                    } else {
                        emptyLines++;
                    }
                    continue;
                }
                boolean lone = cr;
                cr = octet == '\r';
                if (!lone && (cr || octet == ' ' || octet == '\t')) {
                    blank |= !cr;
                    continue;
                }
                if (emptyLines > 0) {
                    sha256.update(out, 0, at);
                    at = 0;
                    for (; emptyLines > 0; emptyLines--) {
                        sha256.update((byte) '\r');
                        sha256.update((byte) '\n');
                    }
                }
                if (blank) {
                    out[at++] = ' ';
                    blank = false;
                }
                if (lone) {
                    out[at++] = '\r';
                }
                content = true;
                if (octet == ' ' || octet == '\t') {
                    blank = true;
                } else if (!cr) {
                    out[at++] = octet;
                }
            }
            sha256.update(out, 0, at);
        }
        if (content) {
            // A last line without end gets one.
            sha256.update((byte) '\r');
            sha256.update((byte) '\n');
        }
        return sha256.digest();
    }
}
