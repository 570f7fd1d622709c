// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.maildir;

import org.postern.core.handoff.HandoffId;
import org.postern.delivery.spool.StoredMail;

/// The name of a delivered file: `seconds.transaction_recipient.front`. It depends on nothing but the stored mail.
final class MaildirName {
    private MaildirName() {}

    static String of(StoredMail mail, int recipient) {
        HandoffId id = mail.id();
        return mail.received().getEpochSecond() + "." + id.transaction() + "_" + recipient + "." + id.front();
    }
}
