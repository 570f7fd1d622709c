// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;

/// What follows the addresses in a PROXY header of version 2 (HAProxy, "The PROXY protocol", section 2.2).
final class ProxyTlvs {
    private static final int CRC32C_TYPE = 0x03;
    private static final int SSL = 0x20;
    private static final int SSL_VERSION = 0x21;
    private static final int SSL_CN = 0x22;
    private static final int SSL_CIPHER = 0x23;
    private static final int CLIENT_SSL = 0x01;
    private static final int CLIENT_CERTIFICATE = 0x02 | 0x04;
    private static final int SSL_PREFIX = 5;
    private static final int TEXT_MAX = 255;

    private ProxyTlvs() {}

    /// What is said of TLS; a checksum is verified. Throws [IllegalArgumentException] when the parts do not fit.
    ///
    /// @param from where the first part starts
    /// @param to the end of the header
    static Optional<TlsInfo> tls(byte[] octets, int from, int to) {
        Optional<TlsInfo> tls = Optional.empty();
        int at = from;
        while (at < to) {
            int value = value(at, to);
            int end = end(octets, at, to);
            switch (octets[at] & 0xff) {
                case CRC32C_TYPE -> verify(octets, value, end, to);
                case SSL -> tls = ssl(octets, value, end);
                default -> {
                    // The receiver may ignore what it does not use.
                }
            }
            at = end;
        }
        return tls;
    }

    private static int value(int at, int to) {
        if (to - at < 3) {
            throw misfit();
        }
        return at + 3;
    }

    private static int end(byte[] octets, int at, int to) {
        int end = at + 3 + ((octets[at + 1] & 0xff) << 8 | (octets[at + 2] & 0xff));
        if (end > to) {
            throw misfit();
        }
        return end;
    }

    private static IllegalArgumentException misfit() {
        return new IllegalArgumentException("PROXY header with parts that do not fit");
    }

    private static Optional<TlsInfo> ssl(byte[] octets, int from, int to) {
        if (to - from < SSL_PREFIX) {
            throw misfit();
        }
        int client = octets[from];
        if ((client & CLIENT_SSL) == 0) {
            return Optional.empty();
        }
        boolean verified = (client & CLIENT_CERTIFICATE) != 0
                && (octets[from + 1] | octets[from + 2] | octets[from + 3] | octets[from + 4]) == 0;
        String version = "TLS";
        String cipher = "";
        Optional<String> name = Optional.empty();
        int at = from + SSL_PREFIX;
        while (at < to) {
            int value = value(at, to);
            int end = end(octets, at, to);
            String text = text(octets, value, end);
            switch (octets[at] & 0xff) {
                case SSL_VERSION -> version = text;
                case SSL_CIPHER -> cipher = text;
                case SSL_CN -> name = verified ? Optional.of("CN=" + text) : Optional.empty();
                default -> {
                    // The receiver may ignore what it does not use.
                }
            }
            at = end;
        }
        return Optional.of(new TlsInfo(version, cipher, name, Optional.empty()));
    }

    /// It goes into header fields and records: nothing but printable US-ASCII.
    private static String text(byte[] octets, int from, int to) {
        int end = Math.min(to, from + TEXT_MAX);
        return new String(octets, from, end - from, StandardCharsets.US_ASCII).replaceAll("[^ -~]|[()\\\\]", "?");
    }

    /// Computed with zeros where the checksum stands.
    private static void verify(byte[] octets, int from, int end, int to) {
        if (end - from != 4) {
            throw misfit();
        }
        CRC32C sum = new CRC32C();
        sum.update(octets, 0, from);
        sum.update(new byte[4], 0, 4);
        sum.update(octets, end, to - end);
        int said = (octets[from] & 0xff) << 24
                | (octets[from + 1] & 0xff) << 16
                | (octets[from + 2] & 0xff) << 8
                | (octets[from + 3] & 0xff);
        if ((int) sum.getValue() != said) {
            throw new IllegalArgumentException("PROXY header with a wrong checksum");
        }
    }
}
