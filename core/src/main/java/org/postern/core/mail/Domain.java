// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import java.net.IDN;
import java.util.Locale;
import java.util.regex.Pattern;

/// The part of an address after the `@`: a domain name in lower case and A-label (punycode) form, or an address
/// literal such as `[192.0.2.1]`. RFC 5321 section 4.1.2 and 4.1.3, RFC 5890.
///
/// @param name at most 255 characters; compare with `equals`, the form is canonical
public record Domain(String name) {
    private static final Pattern NAME = Pattern.compile(
            "(?=.{1,255}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*");
    private static final Pattern LITERAL = Pattern.compile("\\[[0-9A-Fa-f:.]{2,45}]|\\[IPv6:[0-9A-Fa-f:.]{2,45}]");

    public Domain {
        if (!NAME.matcher(name).matches() && !LITERAL.matcher(name).matches()) {
            throw new IllegalArgumentException("not a domain name or address literal: " + name);
        }
    }

    /// Reads a domain as a peer or a person wrote it: case does not matter, U-labels become A-labels, a trailing
    /// dot is dropped. Throws `IllegalArgumentException` where it is neither a domain name nor an address
    /// literal.
    public static Domain parse(String text) {
        if (text.startsWith("[")) {
            return new Domain(text);
        }
        String trimmed = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        boolean ascii = trimmed.chars().allMatch(c -> c < 0x80);
        return new Domain((ascii ? trimmed : IDN.toASCII(trimmed)).toLowerCase(Locale.ROOT));
    }

    public boolean isAddressLiteral() {
        return name.startsWith("[");
    }

    @Override
    public String toString() {
        return name;
    }
}
