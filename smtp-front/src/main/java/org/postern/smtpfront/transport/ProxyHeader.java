// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.transport;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The header by which a balancer says for whom it connects, versions 1 and 2 (HAProxy, "The PROXY protocol").
///
/// @param source the client; empty where the balancer speaks for itself, as in a health check
/// @param tls what the balancer says of the client's TLS, which it ended; empty where there was none
/// @param length octets of the header
record ProxyHeader(Optional<InetSocketAddress> source, Optional<TlsInfo> tls, int length) {
    /// No header is longer: version 1 has at most 107 octets, version 2 is refused beyond this.
    static final int LENGTH_MAX = 1024;

    private static final int V1_LENGTH_MAX = 107;
    private static final int V2_PREFIX = 16;
    private static final int V2_IPV4_OCTETS = 12;
    private static final int V2_IPV6_OCTETS = 36;
    private static final byte[] V1 = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] V2 = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
    private static final Pattern V1_LINE =
            Pattern.compile("PROXY TCP(?:4 ([0-9.]{7,15}) [0-9.]{7,15}|6 ([0-9a-fA-F:.]{2,39}) [0-9a-fA-F:.]{2,39})"
                    + " (\\d{1,5}) \\d{1,5}");

    /// Reads a header from the first `length` octets; empty when it is not complete yet. Throws
    /// [IllegalArgumentException] when it never will be one.
    static Optional<ProxyHeader> read(byte[] octets, int length) {
        if (startsAs(V1, octets, length)) {
            return length < V1.length ? Optional.empty() : version1(octets, length);
        }
        if (startsAs(V2, octets, length)) {
            return length < V2_PREFIX ? Optional.empty() : version2(octets, length);
        }
        throw new IllegalArgumentException("no PROXY header");
    }

    private static boolean startsAs(byte[] signature, byte[] octets, int length) {
        int known = Math.min(length, signature.length);
        return Arrays.equals(signature, 0, known, octets, 0, known);
    }

    private static Optional<ProxyHeader> version1(byte[] octets, int length) {
        int most = Math.min(length, V1_LENGTH_MAX);
        for (int i = 1; i < most; i++) {
            if (octets[i - 1] == '\r' && octets[i] == '\n') {
                String line = new String(octets, 0, i - 1, StandardCharsets.US_ASCII);
                return Optional.of(new ProxyHeader(sourceOf(line), Optional.empty(), i + 1));
            }
        }
        if (length >= V1_LENGTH_MAX) {
            throw new IllegalArgumentException("PROXY line too long");
        }
        return Optional.empty();
    }

    private static Optional<InetSocketAddress> sourceOf(String line) {
        if (line.equals("PROXY UNKNOWN") || line.startsWith("PROXY UNKNOWN ")) {
            return Optional.empty();
        }
        Matcher matcher = V1_LINE.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("PROXY line not understood");
        }
        boolean version4 = matcher.group(1) != null;
        String text = version4 ? matcher.group(1) : matcher.group(2);
        int port = Integer.parseInt(matcher.group(3));
        if (port > 65535 || text.contains(":") == version4) {
            throw new IllegalArgumentException("PROXY line not understood");
        }
        return Optional.of(new InetSocketAddress(literal(text), port));
    }

    /// The pattern lets through nothing but digits, dots and colons, so that no name is ever looked up.
    private static InetAddress literal(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("PROXY line not understood", e);
        }
    }

    private static Optional<ProxyHeader> version2(byte[] octets, int length) {
        int versionAndCommand = octets[12] & 0xff;
        int family = octets[13] & 0xff;
        int rest = (octets[14] & 0xff) << 8 | (octets[15] & 0xff);
        int whole = V2_PREFIX + rest;
        if (versionAndCommand >> 4 != 2 || (versionAndCommand & 0xf) > 1 || whole > LENGTH_MAX) {
            throw new IllegalArgumentException("PROXY header of version 2 not understood");
        }
        if (length < whole) {
            return Optional.empty();
        }
        boolean local = (versionAndCommand & 0xf) == 0;
        if (local) {
            return Optional.of(new ProxyHeader(Optional.empty(), Optional.empty(), whole));
        }
        Optional<InetSocketAddress> source = source2(octets, family, rest);
        int addresses = switch (family) {
            case 0x11 -> V2_IPV4_OCTETS;
            case 0x21 -> V2_IPV6_OCTETS;
            default -> 0;
        };
        return Optional.of(new ProxyHeader(source, ProxyTlvs.tls(octets, V2_PREFIX + addresses, whole), whole));
    }

    private static Optional<InetSocketAddress> source2(byte[] octets, int family, int rest) {
        return switch (family) {
            // TCP over IPv4 and IPv6; all else the receiver may treat as unknown.
            case 0x11 -> Optional.of(address(octets, 4, rest, V2_IPV4_OCTETS));
            case 0x21 -> Optional.of(address(octets, 16, rest, V2_IPV6_OCTETS));
            case 0x00 -> Optional.empty();
            default -> throw new IllegalArgumentException("PROXY header of a family other than TCP");
        };
    }

    private static InetSocketAddress address(byte[] octets, int size, int rest, int needed) {
        if (rest < needed) {
            throw new IllegalArgumentException("PROXY header too short for its addresses");
        }
        int portAt = V2_PREFIX + 2 * size;
        int port = (octets[portAt] & 0xff) << 8 | (octets[portAt + 1] & 0xff);
        try {
            byte[] address = Arrays.copyOfRange(octets, V2_PREFIX, V2_PREFIX + size);
            return new InetSocketAddress(InetAddress.getByAddress(address), port);
        } catch (UnknownHostException e) {
            throw new AssertionError("addresses have 4 or 16 octets", e);
        }
    }
}
