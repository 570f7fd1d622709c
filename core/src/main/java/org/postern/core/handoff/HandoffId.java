// SPDX-License-Identifier: Apache-2.0
package org.postern.core.handoff;

import org.postern.core.mail.TransactionId;

/// The name of one handoff, kept for every retry of it: the store keeps at most one mail of one id.
///
/// @param front the node name of the front: 1 to 63 of `a-z 0-9 -`
/// @param transaction the SMTP transaction
public record HandoffId(String front, TransactionId transaction) {
    private static final int FRONT_MAX = 63;

    public HandoffId {
        if (!isFront(front)) {
            throw new IllegalArgumentException("a node name has 1 to 63 of a-z, 0-9 and -: " + front);
        }
    }

    /// Without a regular expression: a store that starts reads some hundred thousand of these before it
    /// takes mail in.
    private static boolean isFront(String front) {
        int length = front.length();
        if (length == 0 || length > FRONT_MAX || front.charAt(0) == '-' || front.charAt(length - 1) == '-') {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = front.charAt(i);
            if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
                return false;
            }
        }
        return true;
    }

    /// Reads the written form `front.transaction`.
    public static HandoffId parse(String text) {
        int dot = text.indexOf('.');
        if (dot < 0) {
            throw new IllegalArgumentException("not a handoff id");
        }
        return new HandoffId(text.substring(0, dot), new TransactionId(text.substring(dot + 1)));
    }

    @Override
    public String toString() {
        return front + "." + transaction;
    }
}
