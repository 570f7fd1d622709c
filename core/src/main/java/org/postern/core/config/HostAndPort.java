// SPDX-License-Identifier: Apache-2.0
package org.postern.core.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A host and a TCP port, written `host:port`, with IPv6 addresses in brackets: `[::1]:3310`.
///
/// @param host a name or an address, without brackets
/// @param port 0 to 65535; 0 lets the system choose, where something listens
public record HostAndPort(String host, int port) {
    private static final Pattern FORM = Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([^:\\[\\]\\s]+)):(\\d{1,5})");

    public HostAndPort {
        if (host.isEmpty() || port < 0 || port > 65535) {
            throw new IllegalArgumentException("a port is 0 to 65535, not " + port);
        }
    }

    /// Reads the written form. Throws `IllegalArgumentException` with a sentence fit for an administrator.
    public static HostAndPort parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not host:port; write for example 127.0.0.1:3310 or [::1]:3310");
        }
        String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
        return new HostAndPort(host, Integer.parseInt(matcher.group(3)));
    }

    /// Looks the host up now. May block on DNS; throws when the host has no address.
    public InetSocketAddress resolve() throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(host), port);
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
