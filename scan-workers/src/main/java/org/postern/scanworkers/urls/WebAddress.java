// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.urls;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// A link taken apart as browsers do, who forgive much: blanks and line ends in it, backslashes for slashes, any number
/// of slashes, escaped letters in the host, addresses written as one number. The URL Standard of WHATWG, section 4.4.
///
/// @param url without blanks and line ends
/// @param host in lower case as A-labels without a dot at its end, or an IP address
/// @param hiddenAddress whether the host is an IPv4 address in a form nobody writes
/// @param userInfo what stands before the `@`, empty where nothing does
record WebAddress(String url, String host, boolean hiddenAddress, String userInfo) {
    private static final int HOST_MAX = 255;
    private static final Set<String> WITH_HOST = Set.of("http", "https", "ftp");
    private static final Set<String> HARMFUL = Set.of(
            "javascript",
            "vbscript",
            "data",
            "file",
            "search-ms",
            "search",
            "ms-msdt",
            "ms-officecmd",
            "ms-appinstaller");

    /// The scheme in lower case; empty where there is none.
    static String scheme(String raw) {
        String text = squeezed(raw);
        int colon = text.indexOf(':');
        String scheme = colon < 1 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
        return scheme.matches("[a-z][a-z0-9+.-]{0,30}") ? scheme : "";
    }

    /// Whether a scheme runs something or opens files. Pictures that stand in the link itself are harmless.
    static boolean isHarmful(String raw) {
        String scheme = scheme(raw);
        return HARMFUL.contains(scheme)
                && !(scheme.equals("data")
                        && squeezed(raw).toLowerCase(Locale.ROOT).startsWith("data:image/")
                        && !squeezed(raw).toLowerCase(Locale.ROOT).startsWith("data:image/svg"));
    }

    /// Takes a link apart; empty where it has no host, such as `mailto:`, or none that could be one.
    static Optional<WebAddress> of(String raw) {
        String text = squeezed(raw);
        if (text.isEmpty() || text.length() > MailLink.URL_MAX) {
            return Optional.empty();
        }
        String scheme = scheme(text);
        String rest;
        if (WITH_HOST.contains(scheme)) {
            rest = text.substring(scheme.length() + 1).replaceFirst("^[/\\\\]+", "");
        } else if (text.startsWith("//") || text.startsWith("\\\\")) {
            rest = text.substring(2); // on a page of a mail, relative to nothing: clients take https
        } else {
            return Optional.empty();
        }
        int end = 0;
        while (end < rest.length() && "/\\?#".indexOf(rest.charAt(end)) < 0) {
            end++;
        }
        String authority = rest.substring(0, end);
        int at = authority.lastIndexOf('@');
        String userInfo = at < 0 ? "" : authority.substring(0, at);
        return host(authority.substring(at + 1)).map(host -> new WebAddress(text, host.name, host.hidden, userInfo));
    }

    /// The domain that was registered, or the host itself where it is an address or has no public suffix.
    String domain() {
        return PublicSuffixes.registered(host).orElse(host);
    }

    boolean isAddress() {
        return isAddress(host);
    }

    static boolean isAddress(String host) {
        return host.startsWith("[") || host.matches("\\d{1,3}(\\.\\d{1,3}){3}");
    }

    private record Host(String name, boolean hidden) {}

    private static Optional<Host> host(String hostAndPort) {
        if (hostAndPort.startsWith("[")) {
            int close = hostAndPort.indexOf(']');
            return close > 0 && hostAndPort.substring(1, close).matches("[0-9A-Fa-f:.]{2,45}")
                    ? Optional.of(new Host(hostAndPort.substring(0, close + 1).toLowerCase(Locale.ROOT), false))
                    : Optional.empty();
        }
        String host = unescaped(hostAndPort.replaceFirst(":\\d{0,5}$", ""));
        if (host.isEmpty() || host.length() > HOST_MAX) {
            return Optional.empty();
        }
        String ascii;
        try {
            ascii = IDN.toASCII(host, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        String name = ascii.replaceFirst("\\.+$", "");
        Optional<String> number = Ipv4Forms.dotted(name);
        if (number.isPresent()) {
            return Optional.of(new Host(number.get(), !number.get().equals(name)));
        }
        boolean possible = name.matches("[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)+");
        return possible ? Optional.of(new Host(name, false)) : Optional.empty();
    }

    private static String unescaped(String host) {
        if (host.indexOf('%') < 0) {
            return host;
        }
        byte[] octets = host.getBytes(StandardCharsets.UTF_8);
        byte[] plain = new byte[octets.length];
        int length = 0;
        for (int i = 0; i < octets.length; i++) {
            int high = i + 2 < octets.length ? Character.digit(octets[i + 1], 16) : -1;
            int low = i + 2 < octets.length ? Character.digit(octets[i + 2], 16) : -1;
            if (octets[i] == '%' && high >= 0 && low >= 0) {
                plain[length++] = (byte) (high * 16 + low);
                i += 2;
            } else {
                plain[length++] = octets[i];
            }
        }
        return new String(plain, 0, length, StandardCharsets.UTF_8);
    }

    /// Without what browsers leave out: control characters and blanks around, tabs and line ends within.
    private static String squeezed(String raw) {
        int start = 0;
        int end = Math.min(raw.length(), 2 * MailLink.URL_MAX);
        while (start < end && isBlank(raw.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(raw.charAt(end - 1))) {
            end--;
        }
        StringBuilder text = new StringBuilder(end - start);
        for (int i = start; i < end; i++) {
            char c = raw.charAt(i);
            if (c != '\t' && c != '\r' && c != '\n') {
                text.append(c);
            }
        }
        return text.toString();
    }

    private static boolean isBlank(char c) {
        return c <= ' ' || c == '\u00a0';
    }
}
