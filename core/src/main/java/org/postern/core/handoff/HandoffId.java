// SPDX-License-Identifier: Apache-2.0
package org.postern.core.handoff;

import java.util.regex.Pattern;
import org.postern.core.mail.TransactionId;

/// The name of one handoff, kept for every retry of it: the store keeps at most one mail of one id.
///
/// @param front the node name of the front: 1 to 63 of `a-z 0-9 -`
/// @param transaction the SMTP transaction
public record HandoffId(String front, TransactionId transaction) {
    private static final Pattern FRONT = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");

    public HandoffId {
        if (!FRONT.matcher(front).matches()) {
            throw new IllegalArgumentException("a node name has 1 to 63 of a-z, 0-9 and -: " + front);
        }
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
