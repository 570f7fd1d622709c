// SPDX-License-Identifier: Apache-2.0
package org.postern.core.filter;

import org.postern.core.limits.Deadline;
import org.postern.core.mail.ClientInfo;
import org.postern.core.mail.MailTransaction;

/// Judges a mail with all filters of a farm.
public interface Assessor {
    /// Returns before the deadline, whatever the filters do, and never throws because of a mail or a backend.
    Assessment assess(MailTransaction mail, Deadline deadline);

    /// Told of every client as soon as it is connected; see [Filter#connected]. Returns at once and never throws.
    default void connected(ClientInfo client) {}
}
