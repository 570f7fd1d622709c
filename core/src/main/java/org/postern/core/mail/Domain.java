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
    private static final int NAME_MAX = 255;
    private static final int LABEL_MAX = 63;
    /// Sharp s, final sigma and the joiners: the rules that Java knows make of them another domain, which is somebody
    /// else's by those of today. RFC 5894 section 7.2, UTS 46 section 1.3.
    private static final String DEVIATIONS = "\u00df\u03c2\u1e9e\u200c\u200d";

    private static final Pattern LITERAL = Pattern.compile("\\[[0-9A-Fa-f:.]{2,45}]|\\[IPv6:[0-9A-Fa-f:.]{2,45}]");

    public Domain {
        if (!isName(name) && !LITERAL.matcher(name).matches()) {
            throw new IllegalArgumentException("not a domain name or address literal: " + name);
        }
    }

    /// Labels of 1 to 63 letters, digits, underscores and inner hyphens with dots between them. By hand: four of
    /// these are made for every mail.
    private static boolean isName(String name) {
        int start = 0;
        for (int i = 0; i <= name.length(); i++) {
            if (i == name.length() || name.charAt(i) == '.') {
                int length = i - start;
                if (length < 1 || length > LABEL_MAX || name.charAt(start) == '-' || name.charAt(i - 1) == '-') {
                    return false;
                }
                start = i + 1;
            } else if (!isLabelOctet(name.charAt(i))) {
                return false;
            }
        }
        return name.length() <= NAME_MAX;
    }

    private static boolean isLabelOctet(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
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
        if (!ascii && trimmed.chars().anyMatch(c -> DEVIATIONS.indexOf(c) >= 0)) {
            throw new IllegalArgumentException("write this domain in A-labels (xn--…): " + text);
        }
        return new Domain((ascii ? trimmed : IDN.toASCII(trimmed)).toLowerCase(Locale.ROOT));
    }

    /// Whether this is an address in brackets, such as `[192.0.2.1]`. RFC 5321 section 4.1.3.
    public boolean isAddressLiteral() {
        return name.startsWith("[");
    }

    @Override
    public String toString() {
        return name;
    }
}
