// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// What a trusted peer says of the client it speaks for (Postfix, XCLIENT_README).
///
/// @param address empty where it is not told, or not known
/// @param helo what the client called itself
/// @param esmtp whether it said EHLO
/// @param login who it logged in as
record XclientArguments(
        Optional<InetAddress> address, Optional<String> helo, Optional<Boolean> esmtp, Optional<String> login) {
    private static final String UNAVAILABLE = "[UNAVAILABLE]";
    private static final String TEMPORARILY_UNAVAILABLE = "[TEMPUNAVAIL]";
    private static final int VALUE_MAX = 255;
    private static final Pattern LITERAL = Pattern.compile("[0-9A-Fa-f:.]+");

    /// Reads `NAME=value …`. Throws [IllegalArgumentException] with a reason fit for the client.
    static XclientArguments parse(String argument) {
        Optional<InetAddress> address = Optional.empty();
        Optional<String> helo = Optional.empty();
        Optional<Boolean> esmtp = Optional.empty();
        Optional<String> login = Optional.empty();
        for (String word : argument.strip().split(" +")) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("expected NAME=value");
            }
            Optional<String> value = value(word.substring(equals + 1));
            switch (word.substring(0, equals).toUpperCase(Locale.ROOT)) {
                case "ADDR" -> address = value.map(XclientArguments::literal);
                case "HELO" -> helo = value;
                case "PROTO" -> esmtp = value.map(XclientArguments::isExtended);
                case "LOGIN" -> login = value;
                case "PORT", "DESTPORT" -> value.ifPresent(XclientArguments::checkPort);
                case "DESTADDR" -> {
                    var _ = value.map(XclientArguments::literal);
                }
                case "NAME" -> {
                    // Names are looked up here, and not believed.
                }
                default -> throw new IllegalArgumentException("attribute not known");
            }
        }
        return new XclientArguments(address, helo, esmtp, login);
    }

    /// Empty where the peer says that there is none, or none now.
    private static Optional<String> value(String written) {
        if (written.equalsIgnoreCase(UNAVAILABLE) || written.equalsIgnoreCase(TEMPORARILY_UNAVAILABLE)) {
            return Optional.empty();
        }
        Optional<String> plain = Xtext.decode(written, VALUE_MAX);
        if (plain.isEmpty()) {
            throw new IllegalArgumentException("a value is not xtext");
        }
        return plain;
    }

    private static InetAddress literal(String text) {
        String bare = text.regionMatches(true, 0, "IPV6:", 0, 5) ? text.substring(5) : text;
        if (!LITERAL.matcher(bare).matches()) {
            throw new IllegalArgumentException("not an address");
        }
        try {
            return InetAddress.ofLiteral(bare);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not an address", e);
        }
    }

    private static boolean isExtended(String protocol) {
        return switch (protocol.toUpperCase(Locale.ROOT)) {
            case "SMTP" -> false;
            case "ESMTP" -> true;
            default -> throw new IllegalArgumentException("PROTO is SMTP or ESMTP");
        };
    }

    private static void checkPort(String port) {
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > 65535) {
            throw new IllegalArgumentException("not a port");
        }
    }
}
