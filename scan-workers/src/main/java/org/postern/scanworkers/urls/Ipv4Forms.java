// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.urls;

import java.util.Optional;

/// IPv4 addresses in all forms that browsers take: one to four numbers, decimal, octal or hexadecimal. The URL Standard
/// of WHATWG, section 3.5.
final class Ipv4Forms {
    private Ipv4Forms() {}

    /// The usual form of an address; empty where the host is none.
    static Optional<String> dotted(String host) {
        String[] parts = host.split("\\.", -1);
        if (parts.length > 4) {
            return Optional.empty();
        }
        long[] numbers = new long[parts.length];
        for (int i = 0; i < parts.length; i++) {
            long number = number(parts[i]);
            boolean last = i == parts.length - 1;
            long most = last ? (1L << (8 * (5 - parts.length))) - 1 : 255;
            if (number < 0 || number > most) {
                return Optional.empty();
            }
            numbers[i] = number;
        }
        long address = numbers[parts.length - 1];
        for (int i = 0; i < parts.length - 1; i++) {
            address |= numbers[i] << (8 * (3 - i));
        }
        return Optional.of(
                (address >> 24) + "." + ((address >> 16) & 255) + "." + ((address >> 8) & 255) + "." + (address & 255));
    }

    private static long number(String text) {
        try {
            if (text.matches("0x[0-9a-f]{0,12}")) {
                return text.length() == 2 ? 0 : Long.parseLong(text.substring(2), 16);
            }
            if (text.matches("0[0-7]{1,15}")) {
                return Long.parseLong(text, 8);
            }
            return text.matches("\\d{1,12}") ? Long.parseLong(text) : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
