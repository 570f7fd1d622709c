// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/// Values with blanks and the like written as `+` and two hexadecimal digits. RFC 3461 section 4.
final class Xtext {
    private static final Pattern FORM = Pattern.compile("(?:[!-*,-<>-~]|\\+[0-9A-F]{2})+");

    private Xtext() {}

    /// The plain text; empty where the value is not xtext, is longer than `max`, or hides control characters.
    static Optional<String> decode(String value, int max) {
        if (value.length() > max || !FORM.matcher(value).matches()) {
            return Optional.empty();
        }
        byte[] plain = new byte[value.length()];
        int length = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '+') {
                plain[length++] = (byte) Integer.parseInt(value.substring(i + 1, i + 3), 16);
                i += 2;
            } else {
                plain[length++] = (byte) c;
            }
        }
        String text = new String(plain, 0, length, StandardCharsets.UTF_8);
        boolean clean = text.chars().noneMatch(c -> c < ' ' || (c >= 0x7f && c <= 0x9f) || c == 0xfffd);
        return clean ? Optional.of(text) : Optional.empty();
    }
}
