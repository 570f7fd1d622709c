// SPDX-License-Identifier: Apache-2.0
package org.postern.core.limits;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A number of bytes, 0 or more. Written with binary units: `64KiB`, `25MiB`, `1GiB`; `KB`, `MB`, `GB` (and `k`,
/// `M`, `G`) mean the same.
public record ByteSize(long bytes) implements Comparable<ByteSize> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*([kKmMgG]?)(?:i?[bB])?");

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size cannot be negative: " + bytes);
        }
    }

    /// @throws ArithmeticException beyond 8 EiB
    public static ByteSize ofKiB(long kibibytes) {
        return new ByteSize(Math.multiplyExact(kibibytes, 1024L));
    }

    /// @throws ArithmeticException beyond 8 EiB
    public static ByteSize ofMiB(long mebibytes) {
        return new ByteSize(Math.multiplyExact(mebibytes, 1024L * 1024));
    }

    /// Reads the written form. Throws `IllegalArgumentException` with a sentence fit for an administrator, and
    /// `ArithmeticException` beyond 8 EiB.
    public static ByteSize parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a size; write for example 64KiB, 25MiB or 1GiB");
        }
        long unit = switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
            case "k" -> 1L << 10;
            case "m" -> 1L << 20;
            case "g" -> 1L << 30;
            default -> 1L;
        };
        return new ByteSize(Math.multiplyExact(Long.parseLong(matcher.group(1)), unit));
    }

    /// The size as an `int`, for array and buffer lengths. Throws `ArithmeticException` beyond 2 GiB.
    public int toIntExact() {
        return Math.toIntExact(bytes);
    }

    @Override
    public int compareTo(ByteSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /// The written form, in the largest unit that divides it.
    @Override
    public String toString() {
        if (bytes == 0 || bytes % 1024 != 0) {
            return bytes + "B";
        }
        if (bytes % (1L << 30) == 0) {
            return (bytes >> 30) + "GiB";
        }
        return bytes % (1L << 20) == 0 ? (bytes >> 20) + "MiB" : (bytes >> 10) + "KiB";
    }
}
