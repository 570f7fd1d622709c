// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import java.util.Locale;

/// One header field as it stands in the message. RFC 5322 section 2.2.
///
/// @param name the field name as written, without the colon
/// @param rawValue what follows the colon, folding included, without the last CRLF; octets above 127 as ISO-8859-1
/// characters, so that nothing is lost
public record HeaderField(String name, String rawValue) {
    /// Whether this is the field of that name; case does not matter.
    public boolean is(String otherName) {
        return name.equalsIgnoreCase(otherName);
    }

    /// The value unfolded and stripped. RFC 5322 section 2.2.3.
    public String value() {
        return rawValue.replace("\r\n", "").strip();
    }

    /// The name in lower case.
    public String canonicalName() {
        return name.toLowerCase(Locale.ROOT);
    }
}
