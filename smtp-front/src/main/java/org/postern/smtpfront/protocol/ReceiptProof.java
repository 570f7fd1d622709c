// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.util.ArrayList;
import java.util.List;
import org.postern.core.handoff.HandoffId;
import org.postern.core.handoff.MailStore;

/// Proof that a client has seen its 250: a command of which the last octet came in after that reply was sent. What had
/// been pipelined before proves nothing. One thread at a time.
final class ReceiptProof {
    private final MailStore store;
    private final List<HandoffId> unproven = new ArrayList<>(1);

    /// Octets worked on so far, and how many had come in when the last 250 for a mail went out.
    private long read;

    private long heardBefore = Long.MAX_VALUE;

    ReceiptProof(MailStore store) {
        this.store = store;
    }

    /// Octets were worked on.
    void read(long octets) {
        read += octets;
    }

    /// All octets that have come in so far count as worked on.
    void skipTo(long received) {
        read = received;
    }

    /// A mail was told 250.
    ///
    /// @param heard octets that had come in when it was
    void accepted(HandoffId id, long heard) {
        unproven.add(id);
        heardBefore = heard;
    }

    /// A command ends so many octets after those worked on before.
    void command(long octets) {
        if (read + octets > heardBefore) {
            unproven.forEach(store::proven);
            unproven.clear();
        }
    }
}
