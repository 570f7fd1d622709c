// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mailauth.dkim;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// What may change on the way without breaking a signature. RFC 6376 section 3.4.
///
/// @param header how header fields are brought into one form
/// @param body how the body is
public record Canonicalization(Form header, Form body) {
    private static final Pattern BLANKS = Pattern.compile("[ \\t]+");

    /// One of the two algorithms.
    public enum Form {
        SIMPLE,
        RELAXED
    }

    /// Reads the tag `c`. RFC 6376 section 3.5.
    public static Optional<Canonicalization> parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length > 2) {
            return Optional.empty();
        }
        Optional<Form> header = form(parts[0]);
        Optional<Form> body = parts.length == 1 ? Optional.of(Form.SIMPLE) : form(parts[1]);
        return header.isPresent() && body.isPresent()
                ? Optional.of(new Canonicalization(header.get(), body.get()))
                : Optional.empty();
    }

    private static Optional<Form> form(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "simple" -> Optional.of(Form.SIMPLE);
            case "relaxed" -> Optional.of(Form.RELAXED);
            default -> Optional.empty();
        };
    }

    /// A header field as it is hashed, without its last CRLF.
    ///
    /// @param field as it stands in the message, with or without its last CRLF
    public static String field(Form form, String field) {
        String octets = field.endsWith("\r\n") ? field.substring(0, field.length() - 2) : field;
        return switch (form) {
            case SIMPLE -> octets;
            case RELAXED -> relaxed(octets);
        };
    }

    /// RFC 6376 section 3.4.2.
    private static String relaxed(String field) {
        int colon = field.indexOf(':');
        String name = field.substring(0, colon).stripTrailing().toLowerCase(Locale.ROOT);
        String value =
                BLANKS.matcher(field.substring(colon + 1).replace("\r\n", "")).replaceAll(" ");
        int start = value.startsWith(" ") ? 1 : 0;
        int end = value.length() > start && value.endsWith(" ") ? value.length() - 1 : value.length();
        return name + ":" + value.substring(start, end);
    }
}
