// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import java.security.SecureRandom;

/// The name of one mail transaction: 26 characters that sort by time, unique over all nodes without
/// asking anybody.
///
/// 48 bits of Unix milliseconds and 80 random bits, as 26 digits of Crockford's base 32 in lower case. It
/// stands in the 250 reply, in the Received field, in logs and in the decision record, and is the part of
/// a [org.postern.core.handoff.HandoffId] that a retry repeats.
///
/// @param text the 26 characters
public record TransactionId(String text) {
    private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int LENGTH = 26;
    private static final boolean[] IS_DIGIT = new boolean[128];
    private static final SecureRandom RANDOM = new SecureRandom();

    static {
        DIGITS.chars().forEach(digit -> IS_DIGIT[digit] = true);
    }

    public TransactionId {
        if (!isWellFormed(text)) {
            throw new IllegalArgumentException("not a transaction id");
        }
    }

    /// Without a regular expression: a store that starts reads some hundred thousand of these before it
    /// takes mail in.
    private static boolean isWellFormed(String text) {
        // 26 digits are 130 bits, of which 128 are used.
        if (text.length() != LENGTH || text.charAt(0) > '7') {
            return false;
        }
        for (int i = 0; i < LENGTH; i++) {
            char c = text.charAt(i);
            if (c >= IS_DIGIT.length || !IS_DIGIT[c]) {
                return false;
            }
        }
        return true;
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
