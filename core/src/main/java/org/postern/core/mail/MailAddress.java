// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.postern.core.text.PlainText;

/// A mailbox address, `local-part@domain`. RFC 5321 section 4.1.2, RFC 6531 section 3.3.
///
/// The local part is kept as it means, without quoting and in the case it came: `"john smith"@example.org` has
/// the local part `john smith`. Two addresses that differ only in the case of the local part are not equal; what
/// a directory makes of case is its own affair.
///
/// @param localPart 1 to 64 octets in UTF-8, without control characters
/// @param domain where the mailbox is
public record MailAddress(String localPart, Domain domain) {
    private static final int LOCAL_PART_OCTETS_MAX = 64;
    private static final String ATEXT_SPECIALS = "!#$%&'*+-/=?^_`{|}~";

    public MailAddress {
        int octets = localPart.getBytes(StandardCharsets.UTF_8).length;
        if (octets < 1 || octets > LOCAL_PART_OCTETS_MAX) {
            throw new IllegalArgumentException("a local part has 1 to 64 octets, not " + octets);
        }
        if (localPart
                .chars()
                .anyMatch(c -> c < ' ' || (c >= 0x7f && c <= 0x9f) || c == 0xfffd || c == 0x2028 || c == 0x2029)) {
            throw new IllegalArgumentException("control character in local part");
        }
    }

    /// Reads `local@domain` or `"quoted local"@domain`, without angle brackets and without a source route.
    /// Throws `IllegalArgumentException` with the reason.
    public static MailAddress parse(String text) {
        int at = text.lastIndexOf('@');
        if (at < 1) {
            throw new IllegalArgumentException("an address needs a local part, an @ and a domain: " + printable(text));
        }
        return new MailAddress(unquote(text.substring(0, at)), Domain.parse(text.substring(at + 1)));
    }

    private static String unquote(String local) {
        if (!local.startsWith("\"")) {
            if (!isDotString(local)) {
                throw new IllegalArgumentException("this local part must be quoted: " + printable(local));
            }
            return local;
        }
        StringBuilder plain = new StringBuilder(local.length());
        for (int i = 1; i < local.length(); i++) {
            char c = local.charAt(i);
            if (c == '"') {
                if (i != local.length() - 1 || plain.isEmpty()) {
                    break;
                }
                return plain.toString();
            }
            if (c == '\\' && ++i < local.length()) {
                c = local.charAt(i);
            }
            plain.append(c);
        }
        throw new IllegalArgumentException("badly quoted local part: " + printable(local));
    }

    private static boolean isDotString(String local) {
        if (local.isEmpty() || local.startsWith(".") || local.endsWith(".") || local.contains("..")) {
            return false;
        }
        for (int i = 0; i < local.length(); i++) {
            char c = local.charAt(i);
            if (c != '.' && c <= 0x7f && !Character.isLetterOrDigit(c) && ATEXT_SPECIALS.indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    private static String printable(String text) {
        return PlainText.of(text, 80);
    }

    /// Whether SMTPUTF8 is needed to send to it. RFC 6531 section 3.3.
    public boolean isInternationalized() {
        return localPart.chars().anyMatch(c -> c > 0x7f);
    }

    /// The same address with its local part in lower case, for look-ups that ignore case.
    public MailAddress foldedCase() {
        return new MailAddress(localPart.toLowerCase(Locale.ROOT), domain);
    }

    /// The written form, quoted where it must be.
    @Override
    public String toString() {
        if (isDotString(localPart)) {
            return localPart + "@" + domain;
        }
        return "\"" + localPart.replace("\\", "\\\\").replace("\"", "\\\"") + "\"@" + domain;
    }
}
