// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.schedule;

import java.io.IOException;
import org.postern.delivery.spool.StoredMail;

/// Where a mail goes for one recipient. Many threads deliver at once.
public interface Destination {
    /// Delivers to one recipient. Doing it again after a crash makes no second copy where the destination can tell.
    ///
    /// @param recipient position in the envelope
    /// @param redo whether an earlier attempt may have succeeded without anybody knowing
    /// @throws org.postern.delivery.spool.DamagedMailException when the mail's octets are not the ones acknowledged
    /// @throws IOException when it should be tried again
    Outcome deliver(StoredMail mail, int recipient, boolean redo) throws IOException;

    /// What became of it.
    sealed interface Outcome {
        /// It is there, durably.
        record Delivered(String text) implements Outcome {}

        /// Try again later.
        record Deferred(String reason) implements Outcome {}

        /// No attempt will ever succeed.
        record Failed(String reason) implements Outcome {}
    }
}
