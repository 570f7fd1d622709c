// SPDX-License-Identifier: Apache-2.0
package org.postern.core.dns;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A domain name as DNS has it: lower case, labels divided by dots, without the final dot. RFC 1035 section 2.3.4.
///
/// Labels may hold any printable US-ASCII character (blanks too) but the dot, because names are also made from
/// local parts and other text that no host would have.
///
/// @param text 0 to 253 characters; empty is the root; compare with `equals`, the form is canonical
public record DnsName(String text) implements Comparable<DnsName> {
    private static final int LABEL_MAX = 63;
    private static final int NAME_MAX = 253;

    /// The root, which a null MX points to.
    public static final DnsName ROOT = new DnsName("");

    public DnsName {
        if (!isCanonical(text)) {
            throw new IllegalArgumentException("not a DNS name: " + text.replaceAll("[^ -~]", "?"));
        }
    }

    /// Reads a name in any case, with or without its final dot; empty where it cannot be a name.
    public static Optional<DnsName> of(String text) {
        String trimmed = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        String canonical = trimmed.toLowerCase(Locale.ROOT);
        return isCanonical(canonical) && !canonical.isEmpty() ? Optional.of(new DnsName(canonical)) : Optional.empty();
    }

    private static boolean isCanonical(String text) {
        if (text.isEmpty()) {
            return true;
        }
        if (text.length() > NAME_MAX) {
            return false;
        }
        int label = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.') {
                if (label == 0) {
                    return false;
                }
                label = 0;
            } else if (c < ' ' || c >= 0x7f || (c >= 'A' && c <= 'Z') || ++label > LABEL_MAX) {
                return false;
            }
        }
        return label > 0;
    }

    /// The labels from left to right; none for the root.
    public List<String> labels() {
        return text.isEmpty() ? List.of() : Arrays.asList(text.split("\\.", -1));
    }

    /// The name that consists of the last labels of this one; the name itself when it has no more than that.
    ///
    /// @param count 0 or more
    public DnsName last(int count) {
        List<String> labels = labels();
        return count >= labels.size()
                ? this
                : new DnsName(String.join(".", labels.subList(labels.size() - count, labels.size())));
    }

    /// This name with labels before it; empty when that is too long for a name.
    public Optional<DnsName> under(String prefix) {
        return of(text.isEmpty() ? prefix : prefix + "." + text);
    }

    /// Whether this is the other name or lies below it.
    public boolean isWithin(DnsName other) {
        return other.text.isEmpty() || text.equals(other.text) || text.endsWith("." + other.text);
    }

    @Override
    public int compareTo(DnsName other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text.isEmpty() ? "." : text;
    }
}
