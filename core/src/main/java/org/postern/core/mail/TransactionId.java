// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import java.security.SecureRandom;
import java.util.regex.Pattern;

/// The name of one mail transaction: 26 characters that sort by time, unique over all nodes without asking anybody.
///
/// 48 bits of Unix milliseconds and 80 random bits, as 26 digits of Crockford's base 32 in lower case. It stands
/// in the 250 reply, in the Received field, in logs and in the decision record, and is the part of a
/// [org.postern.core.handoff.HandoffId] that a retry repeats.
///
/// @param text the 26 characters
public record TransactionId(String text) {
    private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final Pattern FORM = Pattern.compile("[0-7][0-9a-hjkmnp-tv-z]{25}");
    private static final SecureRandom RANDOM = new SecureRandom();

    public TransactionId {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("not a transaction id");
        }
    }

    /// A new id at the given time in milliseconds since 1970.
    public static TransactionId create(long epochMillis) {
        char[] text = new char[26];
        long time = epochMillis;
        for (int i = 9; i >= 0; i--) {
            text[i] = DIGITS.charAt((int) (time & 31));
            time >>>= 5;
        }
        byte[] random = new byte[16];
        RANDOM.nextBytes(random);
        for (int i = 0; i < 16; i++) {
            text[10 + i] = DIGITS.charAt(random[i] & 31);
        }
        return new TransactionId(new String(text));
    }

    @Override
    public String toString() {
        return text;
    }
}
