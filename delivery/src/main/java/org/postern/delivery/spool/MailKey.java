// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import org.postern.core.handoff.HandoffId;
import org.postern.core.mail.TransactionId;

/// Packs a transaction id into 128 bits: 26 digits of 5 bits, of which the first two bits are always zero. A queue of
/// hundreds of thousands of mails lives in memory, and ids as text would be most of it.
final class MailKey {
    private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int LENGTH = 26;
    private static final byte[] VALUES = new byte[128];

    static {
        for (int i = 0; i < DIGITS.length(); i++) {
            VALUES[DIGITS.charAt(i)] = (byte) i;
        }
    }

    private MailKey() {}

    static long high(TransactionId id) {
        long high = 0;
        long low = 0;
        for (int i = 0; i < LENGTH; i++) {
            high = high << 5 | low >>> 59;
            low = low << 5 | VALUES[id.text().charAt(i)];
        }
        return high;
    }

    static long low(TransactionId id) {
        long low = 0;
        for (int i = 0; i < LENGTH; i++) {
            low = low << 5 | VALUES[id.text().charAt(i)];
        }
        return low;
    }

    /// The id again. Names of fronts are few, so all ids share them.
    static HandoffId id(String front, long high, long low) {
        char[] text = new char[LENGTH];
        long left = high;
        long right = low;
        for (int i = LENGTH - 1; i >= 0; i--) {
            text[i] = DIGITS.charAt((int) right & 31);
            right = right >>> 5 | left << 59;
            left >>>= 5;
        }
        return new HandoffId(front, new TransactionId(new String(text)));
    }

    /// The moment in a transaction id, milliseconds since 1970.
    static long timeMillis(long high) {
        return high >>> 16;
    }
}
